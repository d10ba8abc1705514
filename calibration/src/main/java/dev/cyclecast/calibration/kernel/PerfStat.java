package dev.cyclecast.calibration.kernel;

import dev.cyclecast.calibration.ab.Pinning;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the hardware counts of kernels, by {@code perf stat}, where this machine lets it count. */
public final class PerfStat {
    private static final List<String> EVENTS = List.of("cycles:u", "instructions:u", "branch-misses:u");
    /** A run is this many cycles longer than another one, from which what one iteration counts follows. */
    private static final double CYCLES_MORE = 300_000;
    private static final int FACTOR = 3;

    private final List<String> command;

    /**
     * What one iteration, or one unit, counts.
     *
     * @param cycles       core cycles
     * @param instructions instructions
     * @param branchMisses mispredicted branches
     */
    public record Counts(double cycles, double instructions, double branchMisses) {
    }

    private PerfStat(List<String> command) {
        this.command = command;
    }

    /** Counters of a machine, or why there are none. */
    record Detected(PerfStat perf, String why) {
    }

    /** Tries whether a perf counts anything. */
    static Detected detect(String perf, Pinning pinning) {
        List<String> command = new ArrayList<>(pinning.prefix());
        command.addAll(List.of(perf, "stat", "-x", ",", "-e", String.join(",", EVENTS), "--"));
        PerfStat stat = new PerfStat(command);
        try {
            Map<String, Double> counts = stat.counts(List.of("true"));
            return counts.keySet().containsAll(EVENTS) ? new Detected(stat, null)
                    : new Detected(null, "perf stat counts nothing here");
        } catch (IOException e) {
            return new Detected(null, "perf cannot be run");
        }
    }

    /**
     * What a unit of a kernel counts: the difference of two runs by the difference of their iterations.
     *
     * @param cycles cycles of an iteration, as far as they are known, by size
     * @return null where it could not be counted
     */
    Counts of(Kernel kernel, Path program, double[] cycles) {
        double[][] counted = new double[EVENTS.size()][cycles.length];
        try {
            for (int size = 0; size < cycles.length; size++) {
                long few = Math.max(1, Math.round(CYCLES_MORE / (FACTOR - 1) / Math.max(1, cycles[size])));
                Map<String, Double> less = counts(run(program, size, few));
                Map<String, Double> more = counts(run(program, size, FACTOR * few));
                for (int e = 0; e < counted.length; e++) {
                    Double a = less.get(EVENTS.get(e));
                    Double b = more.get(EVENTS.get(e));
                    if (a == null || b == null) {
                        return null;
                    }
                    counted[e][size] = (b - a) / ((FACTOR - 1) * few);
                }
            }
        } catch (IOException e) {
            return null;
        }
        return new Counts(kernel.cost(counted[0]), kernel.cost(counted[1]), kernel.cost(counted[2]));
    }

    private static List<String> run(Path program, int size, long iterations) {
        return List.of(program.toString(), "count", Kernel.sizeName(size), "1", Long.toString(iterations));
    }

    /** Counts by event; those that were not counted are left out. */
    private Map<String, Double> counts(List<String> program) throws IOException {
        List<String> whole = new ArrayList<>(command);
        whole.addAll(program);
        ProcessBuilder builder = new ProcessBuilder(whole).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? parse(said) : Map.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Reads lines such as {@code 1234,,instructions:u,...}. */
    static Map<String, Double> parse(String said) {
        Map<String, Double> counts = new HashMap<>();
        for (String line : said.lines().toList()) {
            String[] fields = line.split(",", -1);
            if (fields.length > 2 && EVENTS.contains(fields[2]) && fields[0].matches("\\d{1,18}")) {
                counts.put(fields[2], Double.parseDouble(fields[0]));
            }
        }
        return counts;
    }
}
