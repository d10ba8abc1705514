package dev.cyclecast.allocator;

import java.util.HashMap;
import java.util.Map;

/**
 * What one run of a workload driver printed.
 *
 * @param operations timed operations, a call of the allocator each
 * @param seconds wall time of the timed operations
 * @param tscCyclesPerOperation time stamp counter ticks per operation; not core cycles
 * @param mallocs timed operations that were a malloc
 * @param frees timed operations that were a free
 * @param callocs timed operations that were a calloc
 * @param reallocs timed operations that were a realloc
 * @param memaligns timed operations that were a memalign
 * @param checksum of the work done, equal for every variant and allocator
 */
public record DriverResult(long operations, double seconds, double tscCyclesPerOperation, long mallocs, long frees,
        long callocs, long reallocs, long memaligns, String checksum) {

    /** Reads the driver's lines of the form {@code key: value}. */
    public static DriverResult parse(String output) {
        Map<String, String> values = new HashMap<>();
        output.lines().forEach(line -> {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                values.put(line.substring(0, colon), line.substring(colon + 2).trim());
            }
        });
        try {
            return new DriverResult(Long.parseLong(value(values, "ops")), Double.parseDouble(value(values, "seconds")),
                    Double.parseDouble(value(values, "tsc_cycles_per_op")), Long.parseLong(value(values, "mallocs")),
                    Long.parseLong(value(values, "frees")), rare(values, "callocs"), rare(values, "reallocs"),
                    rare(values, "memaligns"), value(values, "checksum"));
        } catch (NumberFormatException e) {
            throw new AllocatorException("the driver printed a value that is no number: " + e.getMessage(), e);
        }
    }

    /** Timed operations per second. */
    public double operationsPerSecond() {
        return operations / seconds;
    }

    /** A count that a driver prints only if its workload has such calls. */
    private static long rare(Map<String, String> values, String key) {
        return Long.parseLong(values.getOrDefault(key, "0"));
    }

    private static String value(Map<String, String> values, String key) {
        String value = values.get(key);
        if (value == null) {
            throw new AllocatorException("the driver's output has no line '" + key + ": ...'");
        }
        return value;
    }
}
