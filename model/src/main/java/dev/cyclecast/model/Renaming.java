package dev.cyclecast.model;

import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.Operand;
import dev.cyclecast.trace.Registers;
import java.util.List;

/** What rename makes of an instruction by itself: an idiom whose result is known, or a move that nothing executes. */
enum Renaming {
    /** Executes, and waits for what it reads. */
    NONE,
    /** Executes, but its result does not depend on the registers that it names. */
    INDEPENDENT,
    /** Its result is known: nothing executes. */
    ZERO,
    /** Its result is a register that is there: nothing executes. */
    MOVED;

    /** What a core does with an instruction. */
    static Renaming of(Instruction x, CoreProfile profile) {
        Renaming idiom = profile.has(Constant.ZERO_IDIOMS) ? idiom(x) : NONE;
        if (idiom != NONE) {
            return idiom;
        }
        return profile.has(Constant.MOVE_ELIMINATION) && moves(x) ? MOVED : NONE;
    }

    private static Renaming idiom(Instruction x) {
        List<Operand> operands = x.operands();
        if (operands.size() < 2 || operands.size() > 3) {
            return NONE;
        }
        Operand a = operands.get(operands.size() - 2);
        Operand b = operands.getLast();
        if (a.kind() != Operand.Kind.REGISTER || b.kind() != Operand.Kind.REGISTER || a.register() != b.register()) {
            return NONE;
        }
        if (isVector(a)) {
            return vectorIdiom(x.mnemonic());
        }
        return switch (x.mnemonic()) {
            case "cmp" -> ZERO;
            // A byte or a word keeps the rest of its register.
            case "xor", "sub" -> a.bits() >= 32 ? ZERO : NONE;
            case "sbb" -> a.bits() >= 32 ? INDEPENDENT : NONE;
            default -> NONE;
        };
    }

    /** Only forms with a VEX or EVEX prefix take no execution; of the others the result is merely known early. */
    private static Renaming vectorIdiom(String mnemonic) {
        boolean prefixed = mnemonic.startsWith("v");
        String plain = prefixed ? mnemonic.substring(1) : mnemonic;
        return switch (plain) {
            case "xorps", "xorpd", "andnps", "andnpd", "pxor", "pxord", "pxorq", "pandn", "pandnd", "pandnq", "psubb", "psubw",
                    "psubd", "psubq", "pcmpgtb", "pcmpgtw", "pcmpgtd", "pcmpgtq" -> prefixed ? ZERO : INDEPENDENT;
            case "psubsb", "psubsw", "psubusb", "psubusw", "pcmpeqb", "pcmpeqw", "pcmpeqd", "pcmpeqq" -> INDEPENDENT;
            default -> NONE;
        };
    }

    private static boolean moves(Instruction x) {
        if (x.mnemonic().equals("lea")) {
            MemoryOperand m = x.address0();
            return m != null && m.base() >= 0 && m.index() < 0 && m.displacement() == 0 && !m.ripRelative()
                    && x.operands().getFirst().bits() >= 32;
        }
        boolean plain = switch (x.mnemonic()) {
            case "mov", "xchg" -> x.operands().stream().allMatch(Renaming::isWideGeneral);
            case "movaps", "movups", "movapd", "movupd", "movdqa", "movdqu", "vmovaps", "vmovups", "vmovapd", "vmovupd",
                    "vmovdqa", "vmovdqu" -> x.operands().stream().allMatch(Renaming::isVector);
            default -> false;
        };
        return plain && x.operands().size() == 2;
    }

    private static boolean isVector(Operand o) {
        return o.kind() == Operand.Kind.REGISTER && o.register() >= Registers.VECTOR && o.register() < Registers.MASK;
    }

    /** Whether an operand is a general-purpose register of 32 or 64 bits. */
    static boolean isWideGeneral(Operand o) {
        return o.kind() == Operand.Kind.REGISTER && o.register() <= Registers.R15 && o.bits() >= 32;
    }
}
