package dev.cyclecast.model;

/**
 * Execution ports: which operation may use which, and which are taken in which cycle.
 *
 * <p>Ports are bits of a mask. ALUs are numbered so that those that can do least come first, and an operation takes the
 * first free port of its group; so a plain addition leaves the branch and multiply ports to those that need them.
 */
final class Ports {
    /** Number of ports that a mask can name. */
    static final int COUNT = 30;
    private static final int RING = 1 << 11;
    private static final int CHOOSY = 8;
    private static final int OWN_BRANCH = 8;
    private static final int AGU = 12;
    private static final int VECTOR = 20;
    /** Pipes for results that leave the vector unit, beyond all that {@link Constant#VECTOR_PORTS} can count. */
    private static final int TO_INTEGER = 28;
    /** Ports of the ALUs. */
    final int alu;
    private final int condition;
    private final int shift;
    private final int multiply;
    private final int divide;
    private final int branch;
    private final int vectors;
    /** Ports that issue loads. */
    final int load;
    /** Ports that issue stores. */
    final int store;
    /** Ports that issue loads of vectors. */
    final int vectorLoad;
    /** Ports that issue stores of vectors. */
    final int vectorStore;
    /** By cycle modulo the ring: the cycle, shifted up, and the ports taken in it. */
    private final long[] taken = new long[RING];
    /** The same, with the number of operations that not every ALU does. */
    private final long[] choosy = new long[RING];
    private final boolean holds;
    /** By cycle modulo the ring: the cycle, shifted up, and the generators of addresses that take an extra cycle. */
    private final long[] held = new long[RING];
    /** The same of those that an address without one found so in the cycle after. */
    private final long[] lost = new long[RING];

    Ports(CoreProfile p) {
        int alus = p.get(Constant.ALU_PORTS);
        int shared = p.get(Constant.BRANCH_PORTS_SHARED);
        alu = alus(p);
        // From the top: branch ports, and shifts on some cores; else shifts from the bottom but one; multiplies in the middle.
        int branches = bits(alus - shared, shared) | bits(OWN_BRANCH, p.get(Constant.BRANCH_PORTS_OWN));
        // Both constants may be 0, in a draw too: then branches share the last ALU, for they must issue somewhere.
        branch = branches == 0 ? bits(alus - 1, 1) : branches;
        int multiplies = p.get(Constant.MULTIPLY_PORTS);
        int shifts = p.get(Constant.SHIFT_PORTS);
        boolean high = p.has(Constant.SHIFTS_AT_BRANCHES);
        multiply = bits(high ? Math.max(0, alus - multiplies - 1) : Math.min(1, alus - multiplies), multiplies);
        shift = bits(high ? alus - shifts : Math.min(1, alus - shifts), shifts);
        // The ALU that divides is a branch port as well; flags are read there and at the other end.
        divide = bits(alus - Math.max(1, shared), 1);
        condition = bits(0, p.get(Constant.CONDITION_PORTS) - 1) | bits(alus - 1, 1);
        int agus = p.get(Constant.AGU_PORTS);
        int loads = Math.min(agus, p.get(Constant.LOAD_PORTS));
        load = bits(AGU + agus - loads, loads);
        store = bits(AGU, Math.min(agus, p.get(Constant.STORE_PORTS)));
        int vectorLoads = Math.min(loads, p.get(Constant.VECTOR_LOADS));
        vectorLoad = bits(AGU + agus - vectorLoads, vectorLoads);
        vectorStore = bits(AGU, Math.min(agus, Math.min(p.get(Constant.STORE_PORTS), p.get(Constant.VECTOR_STORES))));
        vectors = p.get(Constant.VECTOR_PORTS);
        holds = p.has(Constant.LONG_ADDRESS_HOLDS);
    }

    /** Ports of a core's ALUs. */
    static int alus(CoreProfile p) {
        return bits(0, p.get(Constant.ALU_PORTS));
    }

    private static int bits(int from, int count) {
        return ((1 << count) - 1) << from;
    }

    /** Whether a port belongs to the vector unit. */
    static boolean isVector(int port) {
        return port >= VECTOR;
    }

    /** Whether a port generates addresses. */
    static boolean isAddress(int port) {
        return port >= AGU && port < VECTOR;
    }

    /** Whether a group has no other ports than ALUs. */
    boolean isInteger(int mask) {
        return (mask & ~alu) == 0;
    }

    /** A port's number among those of its kind. */
    static int number(int port) {
        return port >= AGU ? port - AGU : port % OWN_BRANCH;
    }

    /** Ports of a group. */
    int mask(InstructionTable.Port group) {
        return switch (group) {
            case NONE -> 0;
            case ALU, STRING, SERIAL -> alu;
            case CONDITION -> condition;
            case SHIFT -> shift;
            case MULTIPLY -> multiply;
            case DIVIDE -> divide;
            case BRANCH -> branch;
            case LOAD -> load;
            case VECTOR -> pipes(0b1111);
            case VECTOR_MULTIPLY -> pipes(0b1001);
            case SHUFFLE -> pipes(0b0110);
            case FP_ADD -> pipes(0b1100);
            case FP_MULTIPLY -> pipes(0b0011);
            case FP_DIVIDE -> pipes(0b0010);
            case TO_INTEGER -> bits(TO_INTEGER, 2);
        };
    }

    /** The vector pipes whose places in groups of four are in a set; all of them, where a core has none such. */
    private int pipes(int places) {
        int mask = 0;
        for (int k = 0; k < vectors; k++) {
            mask |= (places >> k % 4 & 1) << VECTOR + k;
        }
        return mask == 0 ? bits(VECTOR, vectors) : mask;
    }

    /** Notes that a cycle's operation is one of those that not every ALU does. */
    void chosen(long cycle) {
        int k = (int) cycle & RING - 1;
        choosy[k] = of(choosy[k], CHOOSY, cycle) + 1;
    }

    /** Whether the ports of a mask suffice for one more of those in a cycle. */
    boolean hasChoice(int mask, long cycle) {
        long entry = choosy[(int) cycle & RING - 1];
        return entry >>> CHOOSY != cycle || (entry & (1 << CHOOSY) - 1) < Integer.bitCount(mask);
    }

    /** Whether a port of a mask is free in a cycle. */
    boolean isFree(int mask, long cycle) {
        return (mask & ~of(taken[(int) cycle & RING - 1], COUNT, cycle)) != 0;
    }

    /** Takes the first free port of a mask at or after a cycle; returns the cycle of issue. */
    long issue(int mask, long from) {
        for (long t = from; ; t++) {
            int k = (int) t & RING - 1;
            long now = of(taken[k], COUNT, t);
            long free = mask & ~now;
            if (free != 0) {
                taken[k] = now | free & -free;
                return t;
            }
        }
    }

    /**
     * Generates an address, at or after a cycle, by the first of a mask's generators that no other address has taken; returns the cycle.
     * Where that made a {@code longer} address in the last cycle and this one is not, it comes again a cycle later, and the
     * generator is left to longer ones (kernels {@code address-after-*}).
     */
    long generate(int mask, long from, boolean longer) {
        if (!holds) {
            return issue(mask, from);
        }
        for (long t = from; ; t++) {
            int k = (int) t & RING - 1;
            long now = of(taken[k], COUNT, t);
            long other = of(lost[k], COUNT, t);
            long free = mask & ~(longer ? now : now | other);
            long port = free & -free;
            if (port == 0) {
                continue;
            }
            if (!longer && (of(held[(int) (t - 1) & RING - 1], COUNT, t - 1) & port) != 0) {
                lost[k] = other | port;
                continue;
            }
            taken[k] = now | port;
            if (longer) {
                held[k] = of(held[k], COUNT, t) | port;
            }
            return t;
        }
    }

    /** An entry of a ring for a cycle, which stands above so many bits of it; a new one if it is of another cycle. */
    static long of(long entry, int bits, long cycle) {
        return entry >>> bits == cycle ? entry : cycle << bits;
    }

    /** As {@link #issue(int, long)}, and keeps the port for further cycles. */
    long issue(int mask, long from, int busy) {
        long at = issue(mask, from);
        for (int n = 1; n < busy; n++) {
            issue(mask, at + n);
        }
        return at;
    }
}
