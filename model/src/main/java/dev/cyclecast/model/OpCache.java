package dev.cyclecast.model;

import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.Operand;
import java.util.function.Predicate;

/**
 * The op cache: entries of decoded instructions, found by the address of their first one.
 *
 * <p>An entry ends at a taken branch, when the next instruction needs more places or fields (for displacements and
 * immediates) than are left, and on some cores with its 64-byte line. All entries that begin in a line are in one set.
 */
final class OpCache {
    /** Places and fields are counted in halves of one number. A guard above each count is set while it is not negative. */
    private static final int FIELD_SHIFT = 16;
    private static final int COUNTS = 0xff | 0xff << FIELD_SHIFT;
    private static final int GUARD = 1 << FIELD_SHIFT - 2;
    private static final int MOST = 0xff;
    /** Null where the core has none. */
    private final Cache entries;
    private final int empty;
    /** What is left of the entry at hand. */
    private int left;

    OpCache(CoreProfile p) {
        int sets = p.get(Constant.OP_CACHE_SETS);
        entries = sets == 0 ? null : new Cache(sets, p.get(Constant.OP_CACHE_WAYS));
        empty = GUARD + p.get(Constant.OP_CACHE_OPS_PER_ENTRY) | GUARD + p.get(Constant.OP_CACHE_FIELDS_PER_ENTRY) << FIELD_SHIFT;
        left = empty;
    }

    /**
     * What an instruction takes of an entry that holds macro-ops, for {@link #isFull} and {@link #take}: a place for each of them,
     * none where it is fused into the one before, and a field for what does not fit into a byte.
     */
    static int use(Instruction x, int ops) {
        int immediates = x.immediate() == (byte) x.immediate() ? 0 : isWide(x) ? 2 : 1;
        return use(Math.min(ops, MOST), immediates + displacements(x, OpCache::wideDisplacement));
    }

    /** Displacements, immediates and distances of jumps, two for one of 64 bits; none of a no-operation. */
    static int numbers(Instruction x) {
        if (x.mnemonic().equals("nop")) {
            return 0;
        }
        int immediates = 0;
        for (Operand o : x.operands()) {
            immediates += o.kind() == Operand.Kind.IMMEDIATE ? isWide(x) ? 2 : 1 : 0;
        }
        return immediates + displacements(x, OpCache::hasDisplacement);
    }

    private static int displacements(Instruction x, Predicate<MemoryOperand> counts) {
        int displacements = x.address0() != null && counts.test(x.address0()) ? 1 : 0;
        for (MemoryOperand m : x.memory()) {
            displacements += !m.stack() && counts.test(m) ? 1 : 0;
        }
        return displacements;
    }

    private static boolean isWide(Instruction x) {
        return x.immediate() != (int) x.immediate();
    }

    private static boolean hasDisplacement(MemoryOperand m) {
        return m.ripRelative() || m.base() < 0 || m.hasDisplacement();
    }

    /** So many places and fields of an entry, and the guard of each of which there are any. */
    static int use(int places, int fields) {
        return places | (places > 0 ? GUARD : 0) | (fields | (fields > 0 ? GUARD : 0)) << FIELD_SHIFT;
    }

    private static boolean wideDisplacement(MemoryOperand m) {
        return m.ripRelative() || m.base() < 0 || m.displacement() != (byte) m.displacement();
    }

    /** Whether an instruction that takes so much begins another entry than the one before it in its line. */
    boolean isFull(int use) {
        return (left - (use & COUNTS) & use & ~COUNTS) != (use & ~COUNTS);
    }

    /** An instruction is in the entry at hand. */
    void take(int use) {
        left -= use & COUNTS;
    }

    /** Looks up the entry that begins at an address, and goes on with it, or with a new one that is built. */
    boolean begin(long address) {
        left = empty;
        if (entries == null) {
            return false;
        }
        // The set comes from the line.
        long key = address >>> 6 | (address & 63) << 50;
        if (entries.access(key) >= 0) {
            return true;
        }
        entries.fill(key, 0);
        return false;
    }
}
