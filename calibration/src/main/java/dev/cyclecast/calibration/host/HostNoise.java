package dev.cyclecast.calibration.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What else the machine did while something was measured.
 *
 * @param stealPercent     share of all CPU time that the hypervisor gave to others; NaN if the kernel does not say
 * @param loadAtStart      load average over a minute when measuring began; NaN if the kernel does not say
 * @param loadAtEnd        the same when it ended
 */
public record HostNoise(double stealPercent, double loadAtStart, double loadAtEnd) {
    private static final Path STAT = Path.of("/proc/stat");
    private static final Path LOAD = Path.of("/proc/loadavg");
    /** Column of stolen time on the first line of {@code /proc/stat}, after its label. */
    private static final int STEAL = 7;

    /** A reading of the counters. */
    public record Reading(long stealTicks, long allTicks, double load) {
        /** The counters now. */
        public static Reading now() {
            return of(lines(STAT), lines(LOAD));
        }

        static Reading of(List<String> stat, List<String> load) {
            long[] ticks = stat.isEmpty() ? new long[0]
                    : Arrays.stream(stat.getFirst().strip().split("\\s+")).skip(1).mapToLong(Long::parseLong).toArray();
            // The last two columns, guests, are part of the first two.
            long all = Arrays.stream(ticks).limit(STEAL + 1).sum();
            double average = load.isEmpty() ? Double.NaN : Double.parseDouble(load.getFirst().split(" ")[0]);
            return new Reading(ticks.length > STEAL ? ticks[STEAL] : 0, all, average);
        }

        private static List<String> lines(Path file) {
            try {
                return Files.readAllLines(file);
            } catch (IOException e) {
                return List.of();
            }
        }
    }

    /** What happened between two readings. */
    public static HostNoise between(Reading start, Reading end) {
        long all = end.allTicks() - start.allTicks();
        double steal = all <= 0 ? Double.NaN : 100.0 * (end.stealTicks() - start.stealTicks()) / all;
        return new HostNoise(steal, start.load(), end.load());
    }
}
