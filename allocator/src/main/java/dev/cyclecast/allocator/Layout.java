package dev.cyclecast.allocator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/**
 * One placement of the code in memory: order of the functions, alignment inside and between them, order of the blocks, and
 * the size of the environment, which moves the stack. Layout 0 is what the compiler and the linker do by default.
 *
 * @param number which layout; equal numbers are equal layouts
 * @param functionOrderSeed the seed of the order of the functions, or empty for the compiler's order
 * @param compilerFlags flags for the compiler: alignment and order of the blocks
 * @param environmentPaddingBytes how long a value is added to the environment of a run
 */
public record Layout(int number, OptionalLong functionOrderSeed, List<String> compilerFlags, int environmentPaddingBytes) {
    private static final String PADDING_VARIABLE = "CYCLECAST_PADDING";
    private static final int[] FUNCTION_ALIGNMENTS = {16, 32, 64};
    private static final int BRANCH_PADDING_PERIOD = 4;
    private static final int BLOCK_ORDERS = 3;
    private static final int STACK_STEP_BYTES = 16;
    private static final int PAGE_BYTES = 4096;

    /** The compiler's and the linker's own choice. */
    public static final Layout DEFAULT = new Layout(0, OptionalLong.empty(), List.of(), 0);

    /** Keeps its own copy of the flags. */
    public Layout {
        compilerFlags = List.copyOf(compilerFlags);
    }

    /** The layout of a number from 0; the same number always gives the same layout. */
    public static Layout of(int number) {
        if (number < 0) {
            throw new AllocatorException("layout " + number + " does not exist; layouts are numbered from 0");
        }
        if (number == 0) {
            return DEFAULT;
        }
        var random = new SplittableRandom(number);
        long orderSeed = random.nextLong();
        var flags = new ArrayList<String>();
        flags.add("-falign-functions=" + FUNCTION_ALIGNMENTS[number % FUNCTION_ALIGNMENTS.length]);
        flags.add("-falign-jumps=" + pick(random, 1, 8, 16, 32));
        flags.add("-falign-loops=" + pick(random, 1, 16, 32, 64));
        flags.add("-falign-labels=" + pick(random, 1, 4, 8));
        if (number % BRANCH_PADDING_PERIOD == 0) {
            flags.add("-Wa,-mbranches-within-32B-boundaries");
        }
        int padding = STACK_STEP_BYTES * random.nextInt(PAGE_BYTES / STACK_STEP_BYTES);
        if (random.nextInt(BLOCK_ORDERS) == 0) {
            flags.add("-freorder-blocks-algorithm=simple");
        }
        return new Layout(number, OptionalLong.of(orderSeed), flags, padding);
    }

    /** What to add to the environment of a run; empty for no padding. */
    public Map<String, String> environment() {
        return environmentPaddingBytes == 0
                ? Map.of()
                : Map.of(PADDING_VARIABLE, "x".repeat(environmentPaddingBytes));
    }

    /** What is particular to this layout, in one line. */
    public String description() {
        if (functionOrderSeed.isEmpty()) {
            return "as the compiler and the linker like it";
        }
        return "functions shuffled by %016x, %s, environment +%d bytes".formatted(functionOrderSeed.getAsLong(),
                String.join(" ", compilerFlags), environmentPaddingBytes);
    }

    private static int pick(SplittableRandom random, int... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
