package dev.cyclecast.calibration.ab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * On which CPU the runs are kept.
 *
 * @param cpu  number of the CPU, or -1 where runs go wherever the kernel puts them
 * @param note how runs are pinned, or why they are not
 */
public record Pinning(int cpu, String note) {
    private static final Path STATUS = Path.of("/proc/self/status");

    /** Pins to the last CPU that this process may use (the first takes most interrupts), where taskset may do so. */
    public static Pinning detect() {
        String allowed = allowedCpus();
        if (allowed.isEmpty()) {
            return new Pinning(-1, "not pinned: " + STATUS + " names no allowed CPUs");
        }
        int cpu = last(allowed);
        try {
            Process probe = new ProcessBuilder("taskset", "-c", Integer.toString(cpu), "true")
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            if (probe.waitFor(10, TimeUnit.SECONDS) && probe.exitValue() == 0) {
                return new Pinning(cpu, "taskset -c " + cpu);
            }
            probe.destroyForcibly();
            return new Pinning(-1, "not pinned: taskset -c " + cpu + " is refused");
        } catch (IOException e) {
            return new Pinning(-1, "not pinned: taskset is not installed (Debian package util-linux)");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Pinning(-1, "not pinned: interrupted");
        }
    }

    /** Whether runs are pinned. */
    public boolean pinned() {
        return cpu >= 0;
    }

    /** What stands before a command so that it runs pinned. */
    public List<String> prefix() {
        return pinned() ? List.of("taskset", "-c", Integer.toString(cpu)) : List.of();
    }

    /** Last number of a kernel CPU list such as {@code 0-3,8}. */
    static int last(String list) {
        String trimmed = list.strip();
        int from = Math.max(trimmed.lastIndexOf(','), trimmed.lastIndexOf('-')) + 1;
        return Integer.parseInt(trimmed.substring(from));
    }

    private static String allowedCpus() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(l -> l.startsWith("Cpus_allowed_list:"))
                    .map(l -> l.substring(l.indexOf(':') + 1).strip())
                    .findFirst().orElse("");
        } catch (IOException e) {
            return "";
        }
    }
}
