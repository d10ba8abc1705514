package dev.cyclecast.calibration.ab;

import dev.cyclecast.calibration.CalibrationException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A run in slices of equal work, between which a driver probed its core. Another thread on the same core, which may be
 * another guest's, slows a program down by half and is seen by no clock and no count; but instructions that wait for nothing
 * then take longer, where a chain of dependent ones does not.
 *
 * @param operations of each slice
 * @param ticksPerCycle time-stamp counter ticks of a core cycle, by the chains of all probes
 * @param cycles     core cycles of each slice
 * @param beside     cycles that independent instructions took right before or after each slice, whichever took longer
 */
public record Slices(long operations, double ticksPerCycle, int[] cycles, int[] beside) {
    /** Slices of a run. */
    static final int PER_RUN = 128;

    private static final String OPTION = "--slice";
    private static final String CYCLES = "chain_cycles";
    private static final String TICKS = "slice_ticks";
    private static final String CHAIN = "chain_ticks";
    private static final String BESIDE = "beside_ticks";

    /** Arguments with which a driver runs in slices. */
    public static List<String> arguments(long operations) {
        return argumentsFor(Math.max(1, operations / PER_RUN));
    }

    /** Arguments with which a driver runs in slices of so many operations. */
    public static List<String> argumentsFor(long operationsOfSlice) {
        return List.of(OPTION, Long.toString(operationsOfSlice));
    }

    /** Whether there is a reading for each slice. */
    boolean isWhole() {
        return operations > 0 && ticksPerCycle > 0 && cycles != null && beside != null && cycles.length > 0 && beside.length == cycles.length
                && Arrays.stream(cycles).allMatch(c -> c > 0) && Arrays.stream(beside).allMatch(c -> c > 0);
    }

    /** Reads what a driver printed; null where it ran in no slices. */
    public static Slices parse(Arm arm, long operations, Map<String, String> values) {
        if (!values.containsKey(TICKS)) {
            return null;
        }
        double[] ticks = numbers(arm, values, TICKS);
        double[] chain = numbers(arm, values, CHAIN);
        double[] beside = numbers(arm, values, BESIDE);
        double[] sorted = chain.clone();
        Arrays.sort(sorted);
        // The median: an interrupt in a probe is not the clock.
        double ticksPerCycle = chain.length == 0 ? 0 : sorted[chain.length / 2] / numbers(arm, values, CYCLES)[0];
        if (chain.length == 0 || beside.length != ticks.length || !(ticksPerCycle > 0)) {
            throw failure(arm, "printed " + ticks.length + " " + TICKS + ", " + chain.length + " " + CHAIN + " and "
                    + beside.length + " " + BESIDE + "; each slice has one of these, and some chain tells the clock");
        }
        return new Slices(Math.max(1, operations / ticks.length), ticksPerCycle, cycles(ticks, ticksPerCycle), cycles(beside, ticksPerCycle));
    }

    private static int[] cycles(double[] ticks, double ticksPerCycle) {
        return Arrays.stream(ticks).mapToInt(t -> (int) Math.max(1, Math.round(t / ticksPerCycle))).toArray();
    }

    private static double[] numbers(Arm arm, Map<String, String> values, String key) {
        try {
            return Arrays.stream(values.getOrDefault(key, "").split(" ")).mapToDouble(Long::parseLong).toArray();
        } catch (NumberFormatException e) {
            throw failure(arm, "printed '" + key + ": ...' that are no numbers");
        }
    }

    private static CalibrationException failure(Arm arm, String what) {
        return new CalibrationException(arm.name() + " (" + arm.program() + ") " + what);
    }
}
