package dev.cyclecast.trace.decode;

import dev.cyclecast.trace.Registers;

/** From the register numbers of Zydis 4.0 (EnumRegister.h) to those of {@link Registers}. */
final class RegisterNumbers {
    static final int FS = 202;
    static final int GS = 203;
    private static final int AL = 1, AH = 5, SPL = 9, AX = 21, ST0 = 69, XMM0 = 88, TMM0 = 184, FLAGS = 192, RFLAGS = 194, IP = 195, RIP = 197, K0 = 248, K7 = 255, MXCSR = 262;

    private RegisterNumbers() {
    }

    static int of(int zydis) {
        if (zydis == 0) {
            return Registers.NONE;
        }
        if (zydis < ST0) {
            return zydis < AH ? zydis - AL : zydis < SPL ? zydis - AH : zydis < AX ? zydis - SPL + Registers.RSP
                    : (zydis - AX) % 16;
        }
        if (zydis >= XMM0 && zydis < TMM0) {
            return Registers.VECTOR + (zydis - XMM0) % 32;
        }
        if (zydis >= FLAGS && zydis <= RFLAGS) {
            return Registers.FLAGS;
        }
        if (zydis >= K0 && zydis <= K7) {
            return Registers.MASK + zydis - K0;
        }
        return Registers.OTHER;
    }

    static boolean isGeneral(int register) {
        return register >= Registers.RAX && register <= Registers.R15;
    }

    static boolean isInstructionPointer(int zydis) {
        return zydis >= IP && zydis <= RIP;
    }

    /**
     * Whether reading or writing it is a dependence between instructions: not so for the instruction pointer, nor for the
     * control and status word that every floating-point instruction names behind the scenes.
     */
    static boolean matters(int zydis, boolean visible) {
        return zydis != 0 && !isInstructionPointer(zydis) && (zydis != MXCSR || visible);
    }
}
