package dev.cyclecast.trace.decode;

import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.Operand;
import dev.cyclecast.trace.Registers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Turns code bytes into {@link Instruction}s by means of {@link Zydis}; variables and functions are resolved later. */
public final class InstructionDecoder implements AutoCloseable {
    /** Mnemonic of bytes that are no instruction; executing them traps. */
    public static final String BAD = "(bad)";
    private static final int CATEGORY_CALL = 20, CATEGORY_CONDITIONAL = 28, CATEGORY_NOP = 60, CATEGORY_POP = 65,
            CATEGORY_PREFETCH = 66, CATEGORY_PREFETCHW = 67, CATEGORY_PUSH = 69, CATEGORY_RETURN = 75, CATEGORY_JUMP = 96,
            CATEGORY_WIDE_NOP = 104;
    /** Their memory operand is a hint about a cache line, no access. */
    private static final Set<String> LINE_HINTS = Set.of("clflush", "clflushopt", "clwb", "cldemote");
    private static final Set<String> TRAPS = Set.of("syscall", "sysenter", "int", "int1", "int3", "ud0", "ud1", "ud2", "hlt",
            "iret", "iretd", "iretq");
    /** Scalar SSE instructions that keep the rest of their destination although their operand says "written". */
    private static final Set<String> MERGING = Set.of("cvtsi2ss", "cvtsi2sd", "cvtss2sd", "cvtsd2ss", "sqrtss", "sqrtsd",
            "rcpss", "rsqrtss", "roundss", "roundsd");

    private final Zydis zydis;

    /** Opens the library. */
    public InstructionDecoder() {
        zydis = Zydis.open();
    }

    @Override
    public void close() {
        zydis.close();
    }

    /**
     * Decodes the instruction at an address.
     *
     * @return null if the bytes end inside the instruction; an instruction called {@link #BAD} if they are none
     */
    public Instruction decode(long address, byte[] bytes, int size) {
        int length = zydis.decode(bytes, size);
        if (length == 0) {
            return null;
        }
        if (length < 0) {
            return new Instruction(address, size, BAD, BAD, Flow.SYSTEM, 0, 0, 0, List.of(), List.of(), null, 0, false,
                    false, -1);
        }
        String mnemonic = zydis.mnemonic();
        long end = address + length;
        Flow flow = flow(mnemonic);
        long reads = 0;
        long writes = 0;
        long immediate = 0;
        boolean hasImmediate = false;
        long target = 0;
        boolean accessesMemory = false;
        List<Operand> operands = new ArrayList<>(3);
        List<MemoryOperand> memory = new ArrayList<>(2);
        MemoryOperand address0 = null;
        for (int o = 0; o < zydis.operandCount(); o++) {
            int actions = zydis.actions(o);
            boolean read = (actions & (Zydis.READ | Zydis.CONDITIONAL_READ)) != 0;
            boolean written = (actions & (Zydis.WRITE | Zydis.CONDITIONAL_WRITE)) != 0;
            boolean visible = zydis.visibility(o) != Zydis.HIDDEN;
            int bits = zydis.bits(o);
            switch (zydis.type(o)) {
                case Zydis.REGISTER -> {
                    int register = RegisterNumbers.of(zydis.register(o));
                    boolean keeps = bits < 32 && RegisterNumbers.isGeneral(register)
                            || (actions & Zydis.CONDITIONAL_WRITE) != 0 || o == 0 && keepsRest(mnemonic);
                    if (RegisterNumbers.matters(zydis.register(o), visible)) {
                        boolean used = read && (register != Registers.FLAGS || visible || zydis.testsArithmeticFlags());
                        reads |= used || written && keeps ? Registers.bit(register) : 0;
                        writes |= written ? Registers.bit(register) : 0;
                    }
                    if (visible) {
                        operands.add(new Operand(Operand.Kind.REGISTER, register, bits, read, written));
                    }
                }
                case Zydis.MEMORY -> {
                    MemoryOperand m = memory(o, mnemonic, end, read, written);
                    reads |= Registers.bit(m.base()) | Registers.bit(m.index());
                    if (visible) {
                        operands.add(new Operand(Operand.Kind.MEMORY, Registers.NONE, bits, read, written));
                    }
                    if (isHint(mnemonic) || zydis.memoryType(o) != Zydis.ACCESS) {
                        address0 = isNop() ? null : withoutAccess(m);
                    } else if (read || written) {
                        memory.add(m);
                        accessesMemory = true;
                    }
                }
                case Zydis.IMMEDIATE -> {
                    if (!hasImmediate) {
                        immediate = zydis.immediate(o);
                        hasImmediate = true;
                    }
                    if (zydis.isRelative(o) && flow.isBranch()) {
                        target = end + zydis.immediate(o);
                    }
                    if (visible) {
                        operands.add(new Operand(Operand.Kind.IMMEDIATE, Registers.NONE, bits, true, false));
                    }
                }
                default -> throw new IllegalStateException("operand of type " + zydis.type(o) + " in " + mnemonic);
            }
        }
        memory.sort((a, b) -> Boolean.compare(b.read(), a.read()));
        boolean locked = (zydis.attributes() & Zydis.HAS_LOCK) != 0 || mnemonic.equals("xchg") && accessesMemory;
        boolean repeated = (zydis.attributes() & Zydis.HAS_REPEAT) != 0;
        return new Instruction(address, length, mnemonic, zydis.format(address), flow, target, reads, writes, operands,
                memory, address0, immediate, locked, repeated, -1);
    }

    private Flow flow(String mnemonic) {
        return switch (zydis.category()) {
            case CATEGORY_CONDITIONAL -> Flow.CONDITIONAL;
            case CATEGORY_JUMP -> direct() ? Flow.JUMP : zydis.type(0) == Zydis.IMMEDIATE ? Flow.NEXT : Flow.INDIRECT_JUMP;
            case CATEGORY_CALL -> TRAPS.contains(mnemonic) ? Flow.SYSTEM : direct() ? Flow.CALL : Flow.INDIRECT_CALL;
            case CATEGORY_RETURN -> TRAPS.contains(mnemonic) ? Flow.SYSTEM : Flow.RETURN;
            default -> TRAPS.contains(mnemonic) ? Flow.SYSTEM : Flow.NEXT;
        };
    }

    private boolean direct() {
        return zydis.type(0) == Zydis.IMMEDIATE && zydis.isRelative(0);
    }

    private boolean keepsRest(String mnemonic) {
        return MERGING.contains(mnemonic)
                || (mnemonic.equals("movss") || mnemonic.equals("movsd")) && zydis.type(1) == Zydis.REGISTER;
    }

    private boolean isNop() {
        return zydis.category() == CATEGORY_NOP || zydis.category() == CATEGORY_WIDE_NOP;
    }

    private boolean isHint(String mnemonic) {
        return isNop() || zydis.category() == CATEGORY_PREFETCH || zydis.category() == CATEGORY_PREFETCHW
                || mnemonic.startsWith("prefetch") || LINE_HINTS.contains(mnemonic);
    }

    private boolean isStackOperation(String mnemonic) {
        return switch (zydis.category()) {
            case CATEGORY_PUSH, CATEGORY_POP, CATEGORY_CALL, CATEGORY_RETURN -> true;
            default -> mnemonic.equals("enter") || mnemonic.equals("leave");
        };
    }

    private MemoryOperand memory(int o, String mnemonic, long end, boolean read, boolean written) {
        int segment = zydis.segment(o);
        boolean ripRelative = RegisterNumbers.isInstructionPointer(zydis.base(o));
        int index = RegisterNumbers.of(zydis.index(o));
        return new MemoryOperand(
                segment == RegisterNumbers.FS ? MemoryOperand.Segment.FS
                        : segment == RegisterNumbers.GS ? MemoryOperand.Segment.GS : MemoryOperand.Segment.NONE,
                ripRelative ? Registers.NONE : RegisterNumbers.of(zydis.base(o)), index,
                index == Registers.NONE ? 0 : Math.max(1, zydis.scale(o)),
                zydis.displacement(o) + (ripRelative ? end : 0), ripRelative,
                zydis.visibility(o) == Zydis.HIDDEN && isStackOperation(mnemonic), (zydis.bits(o) + 7) / 8, read, written, -1);
    }

    private static MemoryOperand withoutAccess(MemoryOperand m) {
        return new MemoryOperand(m.segment(), m.base(), m.index(), m.scale(), m.displacement(), m.ripRelative(), false,
                m.bytes(), false, false, -1);
    }
}
