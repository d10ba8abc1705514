package dev.cyclecast.model;

/**
 * Execution ports: which operation may use which, and which are taken in which cycle.
 *
 * <p>Ports are bits of a mask. ALUs are numbered so that those that can do least come first, and an operation takes the
 * first free port of its group; so a plain addition leaves the branch and multiply ports to those that need them.
 */
final class Ports {
    private static final int RING = 1 << 11;
    private static final int OWN_BRANCH = 8;
    private static final int AGU = 12;
    private static final int VECTOR = 20;
    private final int alu;
    private final int shift;
    private final int multiply;
    private final int branch;
    private final int vector;
    /** Ports that issue loads. */
    final int load;
    /** Ports that issue stores. */
    final int store;
    private static final int MASK_BITS = 24;
    /** By cycle modulo the ring: the cycle, shifted up, and the ports taken in it. */
    private final long[] taken = new long[RING];

    Ports(CoreProfile p) {
        int alus = p.get(Constant.ALU_PORTS);
        alu = bits(0, alus);
        // From the top: branch ports; from the bottom but one: shifts; multiplies in the middle.
        branch = bits(alus - p.get(Constant.BRANCH_PORTS_SHARED), p.get(Constant.BRANCH_PORTS_SHARED))
                | bits(OWN_BRANCH, p.get(Constant.BRANCH_PORTS_OWN));
        multiply = bits(Math.min(1, alus - p.get(Constant.MULTIPLY_PORTS)), p.get(Constant.MULTIPLY_PORTS));
        shift = bits(Math.min(1, alus - p.get(Constant.SHIFT_PORTS)), p.get(Constant.SHIFT_PORTS));
        int agus = p.get(Constant.AGU_PORTS);
        load = bits(AGU + Math.max(0, agus - p.get(Constant.LOAD_PORTS)), Math.min(agus, p.get(Constant.LOAD_PORTS)));
        store = bits(AGU, Math.min(agus, p.get(Constant.STORE_PORTS)));
        vector = bits(VECTOR, p.get(Constant.VECTOR_PORTS));
    }

    private static int bits(int from, int count) {
        return ((1 << count) - 1) << from;
    }

    /** Ports of a group. */
    int mask(InstructionTable.Port group) {
        return switch (group) {
            case NONE -> 0;
            case ALU, STRING, SERIAL -> alu;
            case SHIFT -> shift;
            case MULTIPLY -> multiply;
            case BRANCH -> branch;
            case VECTOR -> vector;
            case LOAD -> load;
        };
    }

    /** Takes the first free port of a mask at or after a cycle; returns the cycle of issue. */
    long issue(int mask, long from) {
        for (long t = from; ; t++) {
            int k = (int) t & RING - 1;
            long entry = taken[k];
            long now = entry >>> MASK_BITS == t ? entry : t << MASK_BITS;
            long free = mask & ~now;
            if (free != 0) {
                taken[k] = now | free & -free;
                return t;
            }
        }
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
