package dev.cyclecast.cli;

import dev.cyclecast.model.Cause;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.ProgramImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How instructions and their costs are shown. */
final class Sites {
    private static final double LEAST_SHOWN = 0.005;

    private Sites() {
    }

    /** Memory operands, that of lea and prefetches, which access nothing, included. */
    static List<MemoryOperand> operands(Instruction instruction) {
        List<MemoryOperand> operands = new ArrayList<>(instruction.memory());
        if (instruction.address0() != null) {
            operands.add(instruction.address0());
        }
        return operands;
    }

    /** What a symbol says of an address, executed or not, as {@code function+offset}; empty where there is none. */
    static String symbolAt(ProgramImage image, long address) {
        return image.functions().stream().filter(f -> address >= f.address() && address < f.address() + Math.max(1, f.size()))
                .findFirst().map(f -> address == f.address() ? f.name() : f.name() + "+" + Long.toHexString(address - f.address()))
                .orElse("");
    }

    /** Where an instruction is, as {@code function+offset}. */
    static String place(ProgramImage image, int number) {
        Instruction i = image.instructions().get(number);
        return i.function() < 0 ? image.functionName(number) + " 0x" + Long.toHexString(i.address())
                : image.functionName(number) + "+" + Long.toHexString(i.address() - image.functions().get(i.function()).address());
    }

    /** Cycles by the name of their cause, in a fixed order; those without any are left out. */
    static Map<String, Double> byCause(double[] cycles) {
        Map<String, Double> causes = new LinkedHashMap<>();
        for (Cause cause : Cause.values()) {
            if (cycles[cause.ordinal()] != 0) {
                causes.put(cause.key(), cycles[cause.ordinal()]);
            }
        }
        return causes;
    }

    /** The largest causes with their cycles, in a format for each. */
    static String largest(double[] cycles, int most, String format) {
        return IntStream.range(0, cycles.length).boxed().filter(c -> Math.abs(cycles[c]) >= LEAST_SHOWN)
                .sorted((a, b) -> Double.compare(Math.abs(cycles[b]), Math.abs(cycles[a]))).limit(most)
                .map(c -> Cause.values()[c].key() + " " + format.formatted(cycles[c])).collect(Collectors.joining(" "));
    }
}
