package dev.cyclecast.calibration.host;

import dev.cyclecast.calibration.CalibrationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a program spends its time on this machine: user-mode samples of {@code perf} by the CPU clock, which takes no
 * hardware counters. A sample belongs to the instruction at which the interrupt found the program; out of order, that is
 * mostly the one which waits to retire.
 *
 * @param samples samples by function; what has no symbol is named by its module in brackets
 */
public record SampledProfile(Map<String, Long> samples) {
    private static final int HERTZ = 1999;

    /**
     * Runs a program under {@code perf record}.
     *
     * @param command the program and its arguments
     * @throws CalibrationException if perf is missing or not permitted, or the program fails or is not found
     */
    public static SampledProfile of(List<String> command) {
        if (!Files.isExecutable(Path.of(command.getFirst()))) {
            throw new CalibrationException(command.getFirst() + ": not a program; give the path of an executable file");
        }
        try {
            Path folder = Files.createTempDirectory("cyclecast-profile-");
            Path data = folder.resolve("perf.data");
            try {
                List<String> record = new ArrayList<>(List.of("perf", "record", "-q", "-e", "cpu-clock:u", "-F",
                        Integer.toString(HERTZ), "-o", data.toString(), "--"));
                record.addAll(command);
                run(record, folder);
                return parse(run(List.of("perf", "script", "-i", data.toString(), "-F", "ip,sym,dso"), folder));
            } finally {
                Files.deleteIfExists(data);
                Files.deleteIfExists(folder.resolve("out"));
                Files.deleteIfExists(folder.resolve("err"));
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new CalibrationException("perf: " + e.getMessage() + "; install Debian's linux-perf", e);
        }
    }

    /** Sum of all samples. */
    public long total() {
        return samples.values().stream().mapToLong(n -> n).sum();
    }

    /** A function's share of the samples in percent. */
    public double percent(String function) {
        return total() == 0 ? 0 : 100.0 * samples.getOrDefault(function, 0L) / total();
    }

    /** Standard error of {@link #percent}, in percentage points. */
    public double standardError(String function) {
        double share = percent(function) / 100;
        return total() == 0 ? 0 : 100 * Math.sqrt(share * (1 - share) / total());
    }

    /** Reads the lines {@code address symbol (module)} of {@code perf script}. */
    static SampledProfile parse(List<String> lines) {
        Map<String, Long> samples = new TreeMap<>();
        for (String line : lines) {
            int open = line.lastIndexOf('(');
            if (open > 0 && line.endsWith(")")) {
                String symbol = line.substring(0, open).strip().replaceFirst("^[0-9a-f]+ +", "");
                String module = line.substring(Math.max(open, line.lastIndexOf('/')) + 1, line.length() - 1);
                samples.merge(symbol.equals("[unknown]") ? "[" + module + "]" : symbol, 1L, Long::sum);
            }
        }
        return new SampledProfile(samples);
    }

    private static List<String> run(List<String> command, Path folder) throws IOException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try {
            int status = process.waitFor();
            if (status != 0) {
                String why = Files.readAllLines(err).stream().filter(line -> !line.isBlank()).findFirst()
                        .orElse("exit code " + status);
                throw new CalibrationException(String.join(" ", command.subList(0, 2)) + " failed: " + why.strip()
                        + "; see that the program runs by itself and that kernel.perf_event_paranoid permits sampling");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new CalibrationException("interrupted while " + command.getFirst() + " ran", e);
        }
        return Files.readAllLines(out);
    }
}
