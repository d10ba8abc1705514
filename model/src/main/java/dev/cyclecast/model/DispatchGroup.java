package dev.cyclecast.model;

/**
 * The macro-ops that dispatch takes in one cycle: so many together, and of each kind no more than its own limit.
 *
 * <p>Counts of all kinds are fields of one number, each with a bit above it that stays set while the count has not run out.
 */
final class DispatchGroup {
    private static final int FIELD = 9;
    private static final int SLOTS = 0;
    private static final int ALU = FIELD;
    private static final int MEMORY = 2 * FIELD;
    private static final int BRANCHES = 3 * FIELD;
    private static final int MULTIPLIES = 4 * FIELD;
    private static final int DIVIDES = 5 * FIELD;
    private static final int NUMBERS = 6 * FIELD;
    private static final long GUARDS = 1L << SLOTS + FIELD - 1 | 1L << ALU + FIELD - 1 | 1L << MEMORY + FIELD - 1
            | 1L << BRANCHES + FIELD - 1 | 1L << MULTIPLIES + FIELD - 1 | 1L << DIVIDES + FIELD - 1
            | 1L << NUMBERS + FIELD - 1;
    /** What fits into no group. */
    static final long NEVER = 1L << SLOTS + FIELD - 1;

    private final int width;
    private final int fastpath;
    private final int numbers;
    private final long empty;
    private long left;

    DispatchGroup(CoreProfile p) {
        width = p.get(Constant.DISPATCH_WIDTH);
        fastpath = p.get(Constant.FASTPATH_OPS);
        numbers = p.get(Constant.DISPATCH_NUMBERS);
        empty = GUARDS | (long) width << SLOTS | (long) p.get(Constant.DISPATCH_ALU) << ALU
                | (long) p.get(Constant.DISPATCH_MEMORY) << MEMORY | (long) p.get(Constant.DISPATCH_BRANCHES) << BRANCHES
                | (long) p.get(Constant.DISPATCH_MULTIPLIES) << MULTIPLIES
                | (long) p.get(Constant.DISPATCH_DIVIDES) << DIVIDES | (long) numbers << NUMBERS;
        left = empty;
    }

    /**
     * What an instruction takes of a group. One with more macro-ops than the decoders emit comes from microcode, and has
     * its cycles to itself.
     *
     * @param memory  whether it is a load or a store without an operation
     * @param encoded displacements, immediates and distances of jumps
     */
    long use(int ops, InstructionTable.Port port, boolean operates, boolean memory, int encoded) {
        long slots = ops > fastpath ? width : Math.min(ops, width);
        long use = slots << SLOTS | (long) Math.min(encoded, numbers) << NUMBERS;
        if (!operates) {
            return use | (memory ? 1L << MEMORY : 0);
        }
        return use | switch (port) {
            case BRANCH -> 1L << BRANCHES;
            case MULTIPLY -> 1L << ALU | 1L << MULTIPLIES;
            case DIVIDE -> 1L << ALU | 1L << DIVIDES;
            case ALU, CONDITION, SHIFT, STRING, SERIAL -> 1L << ALU;
            default -> memory ? 1L << MEMORY : 0;
        };
    }

    /** Cycles, behind its first one, in which an instruction's macro-ops are dispatched. */
    int further(int ops) {
        return Math.max(0, (ops - 1) / width);
    }

    /** Begins a new group. */
    void clear() {
        left = empty;
    }

    /** Whether instructions that together take so much still fit in, or an instruction does. */
    boolean fits(long use) {
        return (left - use & GUARDS) == GUARDS;
    }

    /** Takes an instruction into the group, if it fits. */
    boolean take(long use) {
        if (!fits(use)) {
            return false;
        }
        left -= use;
        return true;
    }
}
