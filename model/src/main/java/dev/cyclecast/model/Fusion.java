package dev.cyclecast.model;

import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.Operand;
import dev.cyclecast.trace.Registers;

/** Of which neighbours in memory a core makes one macro-op. */
final class Fusion {
    /** What becomes of the second one of two instructions. */
    enum Kind {
        /** A macro-op of its own. */
        NONE,
        /** A conditional branch: resolved with the comparison before it. */
        BRANCH,
        /** A no-operation: part of what is before it. */
        NOP,
        /** An operation on a register just copied: takes no slot of its own, but executes. */
        MOVE
    }

    private final CoreProfile profile;

    Fusion(CoreProfile profile) {
        this.profile = profile;
    }

    /** What becomes of an instruction behind another one, which is no part of a pair yet and has so many macro-ops. */
    Kind of(Instruction first, int ops, Instruction second) {
        if (ops != 1 || first.locked() || first.repeated() || first.flow() != Flow.NEXT) {
            return Kind.NONE;
        }
        if (branches(first, second)) {
            return Kind.BRANCH;
        }
        if (profile.has(Constant.FUSE_NOP) && isNop(second) && isInteger(first)) {
            return Kind.NOP;
        }
        return profile.has(Constant.FUSE_MOVE) && copies(first, second) ? Kind.MOVE : Kind.NONE;
    }

    private boolean branches(Instruction first, Instruction second) {
        if (second.flow() != Flow.CONDITIONAL || !second.mnemonic().startsWith("j")
                || (second.reads() & Registers.bit(Registers.FLAGS)) == 0) {
            return false;
        }
        boolean kind = switch (first.mnemonic()) {
            case "cmp", "test" -> profile.has(Constant.FUSE_COMPARE);
            case "add", "sub", "and", "or", "xor" -> profile.has(Constant.FUSE_ALU);
            // They leave the carry of an older instruction, which the branch would have to wait for by itself.
            case "inc", "dec" -> profile.has(Constant.FUSE_ALU) && !readsCarry(second.mnemonic());
            default -> false;
        };
        if (!kind) {
            return false;
        }
        for (MemoryOperand m : first.memory()) {
            if (m.ripRelative() && !profile.has(Constant.FUSE_RIP)
                    || hasImmediate(first) && !profile.has(Constant.FUSE_MEMORY_IMMEDIATE)
                    || isWide(m) && hasWideImmediate(first) && !profile.has(Constant.FUSE_DISP32_IMM32)) {
                return false;
            }
        }
        return true;
    }

    private static boolean readsCarry(String branch) {
        return switch (branch) {
            case "jb", "jnb", "jbe", "jnbe" -> true;
            default -> false;
        };
    }

    /** Whether an address is encoded with a displacement of 32 bits; without base and index it always is. */
    private static boolean isWide(MemoryOperand m) {
        return m.displacement() != (byte) m.displacement() || m.base() < 0;
    }

    private static boolean hasImmediate(Instruction x) {
        return !x.operands().isEmpty() && x.operands().getLast().kind() == Operand.Kind.IMMEDIATE;
    }

    private static boolean hasWideImmediate(Instruction x) {
        return hasImmediate(x) && x.operands().getLast().bits() > 8;
    }

    /** Whether an instruction does nothing; a landing pad of indirect branches is one where these are not checked. */
    static boolean isNop(Instruction x) {
        return x.mnemonic().equals("nop") || x.mnemonic().equals("endbr64");
    }

    private static boolean isInteger(Instruction x) {
        return x.operands().stream().noneMatch(o -> o.kind() == Operand.Kind.REGISTER && o.register() > Registers.FLAGS);
    }

    private boolean copies(Instruction first, Instruction second) {
        boolean adds = switch (second.mnemonic()) {
            case "add", "sub", "and" -> true;
            default -> false;
        };
        return adds && first.mnemonic().equals("mov") && Renaming.of(first, profile) == Renaming.MOVED
                && second.memory().isEmpty() && Renaming.isWideGeneral(second.operands().getFirst())
                && second.operands().getFirst().register() == first.operands().getFirst().register()
                && second.operands().getFirst().bits() == first.operands().getFirst().bits();
    }
}
