package dev.cyclecast.model.edit;

import static dev.cyclecast.trace.Registers.FLAGS;
import static dev.cyclecast.trace.Registers.NONE;
import static dev.cyclecast.trace.Registers.R15;
import static dev.cyclecast.trace.Registers.RAX;
import static dev.cyclecast.trace.Registers.RBP;
import static dev.cyclecast.trace.Registers.RDI;
import static dev.cyclecast.trace.Registers.RSP;
import static dev.cyclecast.trace.Registers.bit;

import dev.cyclecast.model.ModelException;
import dev.cyclecast.model.edit.AssemblyLine.Part;
import dev.cyclecast.model.edit.Mnemonic.Kind;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.MemoryOperand.Segment;
import dev.cyclecast.trace.Operand;
import dev.cyclecast.trace.Variable;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes lines of assembly into instructions, with the lengths that the GNU assembler gives them and the reads and writes that
 * the decoder would find.
 */
final class Assembler {
    private final Program program;
    private final Instruction near;
    private final String where;

    /**
     * For code near an instruction, whose registers the placeholders stand for.
     *
     * @param where file and JSON path, for errors
     */
    Assembler(Program program, Instruction near, String where) {
        this.program = program;
        this.near = near;
        this.where = where;
    }

    /** An operand with registers and variables looked up. */
    private record Bound(Part part, int register, int bits, MemoryOperand memory) {
        boolean isRegister() {
            return part instanceof Part.Register;
        }

        boolean isImmediate() {
            return part instanceof Part.Immediate;
        }
    }

    Instruction assemble(AssemblyLine line) {
        Mnemonic mnemonic = Mnemonic.of(line.mnemonic());
        int width = width(line, mnemonic);
        List<Bound> bound = new ArrayList<>();
        for (int o = 0; o < line.parts().size(); o++) {
            bound.add(bind(line, mnemonic, o, width));
        }
        checkSizes(line, mnemonic, bound);
        return instruction(line, mnemonic, bound);
    }

    /** Width in bits of the operands that do not state one. */
    private int width(AssemblyLine line, Mnemonic mnemonic) {
        int register = 0;
        int memory = 0;
        for (Part part : line.parts()) {
            if (part instanceof Part.Register r && register == 0) {
                register = r.name().bits();
            } else if (part instanceof Part.Memory m) {
                memory = 8 * m.bytes();
            }
        }
        boolean ownWidth = mnemonic.kind() == Kind.EXTEND;
        if (mnemonic.kind() == Kind.PREFETCH || mnemonic.kind() == Kind.SET) {
            return 8;
        }
        if (line.memory() != null && memory == 0 && (register == 0 || ownWidth)) {
            throw new ModelException(where + ": give the width of the access (byte, word, dword or qword ptr): " + line.text());
        }
        return memory != 0 ? memory : register;
    }

    private Bound bind(AssemblyLine line, Mnemonic mnemonic, int o, int width) {
        Part part = line.parts().get(o);
        return switch (part) {
            case Part.Register r -> new Bound(part, number(r.name(), line), r.name().bits(), null);
            case Part.Immediate i -> new Bound(part, NONE, width, null);
            case Part.Cold c -> new Bound(part, NONE, c.near() ? 8 : 32, null);
            case Part.Memory m -> {
                boolean first = o == 0;
                boolean touches = mnemonic.kind() != Kind.ADDRESS && mnemonic.kind() != Kind.PREFETCH;
                boolean read = touches && (!first || mnemonic.readsFirst());
                boolean written = touches && first && mnemonic.writesFirst();
                int bits = mnemonic.kind() == Kind.EXTEND_DOUBLE ? 32 : mnemonic.kind() == Kind.ADDRESS ? Long.SIZE : width;
                yield new Bound(part, NONE, bits, memory(m, bits / 8, read, written, line));
            }
        };
    }

    private int number(RegisterName name, AssemblyLine line) {
        if (name == null) {
            return NONE;
        }
        if (name.placeholder() == null) {
            return name.number();
        }
        MemoryOperand memory = near.memory().isEmpty() ? near.address0() : near.memory().getFirst();
        int found = switch (name.placeholder()) {
            case "address" -> memory == null ? NONE : memory.base();
            case "index" -> memory == null ? NONE : memory.index();
            default -> near.operands().stream().filter(o -> o.kind() == Operand.Kind.REGISTER).findFirst()
                    .map(Operand::register).orElse(NONE);
        };
        if (found == NONE || found > R15) {
            throw new ModelException(where + ": '" + line.text() + "': the selected instruction has no register for '"
                    + name.placeholder() + "': " + near.text() + " in the trace; use scratch0 to scratch3 or a register's own name");
        }
        return found;
    }

    private MemoryOperand memory(Part.Memory m, int bytes, boolean read, boolean written, AssemblyLine line) {
        int base = number(m.base(), line);
        int index = number(m.index(), line);
        long displacement = m.displacement();
        int variable = NONE;
        if (m.variable() != null) {
            int v = program.variable(m.variable(), where);
            Variable x = program.variables().get(v);
            if (m.threadLocal() != (x.storage() == Variable.Storage.THREAD_LOCAL)) {
                throw new ModelException(where + ": '" + line.text() + "': " + m.variable() + " is "
                        + (m.threadLocal() ? "no thread-local variable: give [rip + " + m.variable() + "]"
                        : "thread-local: give fs:[" + m.variable() + "]"));
            }
            displacement += x.address();
            variable = base == NONE && index == NONE ? v : NONE;
        }
        if (index == RSP) {
            throw new ModelException(where + ": '" + line.text() + "': rsp cannot be an index");
        }
        return new MemoryOperand(m.threadLocal() ? Segment.FS : Segment.NONE, base, index, m.scale(), displacement,
                m.ripRelative(), false, bytes, read, written, variable);
    }

    private void checkSizes(AssemblyLine line, Mnemonic mnemonic, List<Bound> bound) {
        boolean wrong = switch (mnemonic.kind()) {
            case EXTEND -> bound.get(1).bits() >= bound.get(0).bits() || bound.get(1).bits() > 16;
            case EXTEND_DOUBLE -> bound.get(0).bits() != 64 || bound.get(1).bits() != 32;
            case ADDRESS -> bound.get(0).bits() < 16;
            case SCAN, COUNT, CONDITIONAL_MOVE, MULTIPLY -> bound.get(0).bits() < 16
                    || bound.get(1).bits() != bound.get(0).bits();
            case THREE_OPERAND_SHIFT -> bound.get(0).bits() < 32
                    || bound.stream().anyMatch(b -> b.bits() != bound.getFirst().bits());
            case SET -> bound.get(0).bits() != 8;
            case SHIFT -> bound.get(1).isRegister() ? bound.get(1).register() != 1 || bound.get(1).bits() != 8
                    : immediate(bound) < 0 || immediate(bound) > 63;
            case BRANCH, PREFETCH, NO_OPERATION, UNARY -> false;
            default -> !bound.get(1).isImmediate() && bound.get(1).bits() != bound.get(0).bits();
        };
        boolean wide = bound.size() > 1 && bound.getLast().isImmediate() && !fits(mnemonic, bound);
        if (wrong || wide) {
            throw new ModelException(where + ": '" + line.text() + "': " + (wide ? "the number is too large"
                    : "operands of these widths do not go together"));
        }
    }

    private static boolean fits(Mnemonic mnemonic, List<Bound> bound) {
        long value = immediate(bound);
        int bits = bound.getFirst().bits();
        boolean any = mnemonic.kind() == Kind.MOVE && bound.getFirst().isRegister() && bits == 64;
        return any || value == (int) value && (bits >= 32 || value >= -(1L << bits - 1) && value < 1L << bits)
                || bits == 32 && value >= 0 && value < 1L << 32;
    }

    private static long immediate(List<Bound> bound) {
        for (Bound b : bound) {
            if (b.part() instanceof Part.Immediate i) {
                return i.value();
            }
        }
        return 0;
    }

    private Instruction instruction(AssemblyLine line, Mnemonic mnemonic, List<Bound> bound) {
        long reads = mnemonic.readsFlags() ? bit(FLAGS) : 0;
        long writes = mnemonic.writesFlags() ? bit(FLAGS) : 0;
        List<Operand> operands = new ArrayList<>();
        List<MemoryOperand> memory = new ArrayList<>();
        MemoryOperand address0 = null;
        boolean twoMultiplied = mnemonic.kind() == Kind.MULTIPLY && bound.size() == 3;
        for (int o = 0; o < bound.size(); o++) {
            Bound b = bound.get(o);
            boolean exchanged = o == 1 && (mnemonic.kind() == Kind.EXCHANGE || mnemonic.kind() == Kind.EXCHANGE_ADD);
            boolean read = o > 0 || mnemonic.readsFirst() && !twoMultiplied;
            boolean written = o == 0 && mnemonic.writesFirst() || exchanged;
            if (b.memory() != null) {
                reads |= bit(b.memory().base()) | bit(b.memory().index());
                if (b.memory().read() || b.memory().written()) {
                    memory.add(b.memory());
                } else {
                    address0 = b.memory();
                }
                boolean prefetched = mnemonic.kind() == Kind.PREFETCH;
                operands.add(new Operand(Operand.Kind.MEMORY, NONE, b.bits(), b.memory().read() || prefetched, b.memory().written()));
            } else if (b.isRegister()) {
                boolean keeps = written && (b.bits() < 32 || mnemonic.kind() == Kind.CONDITIONAL_MOVE);
                reads |= read || keeps ? bit(b.register()) : 0;
                writes |= written ? bit(b.register()) : 0;
                operands.add(new Operand(Operand.Kind.REGISTER, b.register(), b.bits(), read, written));
            } else {
                operands.add(new Operand(Operand.Kind.IMMEDIATE, NONE, immediateBits(mnemonic, bound, b), true, false));
            }
        }
        if (mnemonic.kind() == Kind.SHIFT && bound.get(1).isRegister()) {
            reads |= bit(FLAGS);
        }
        boolean locked = line.locked() || mnemonic.kind() == Kind.EXCHANGE && !memory.isEmpty();
        return new Instruction(near.address(), length(line, mnemonic, bound), mnemonic.name(), line.text(),
                mnemonic.kind() == Kind.BRANCH ? Flow.CONDITIONAL : Flow.NEXT, 0, reads, writes, operands, memory, address0,
                signed(mnemonic, bound), locked, false, near.function());
    }

    /** Width in bits of an encoded immediate, or of a branch's displacement. */
    private static int immediateBits(Mnemonic mnemonic, List<Bound> bound, Bound b) {
        if (mnemonic.kind() == Kind.BRANCH) {
            return b.bits();
        }
        int bits = bound.getFirst().bits();
        if (bits == 8 || mnemonic.kind() == Kind.SHIFT) {
            return 8;
        }
        long value = immediate(bound);
        if (mnemonic.kind() == Kind.MOVE) {
            return bits == 64 && value != (int) value ? 64 : Math.min(32, bits);
        }
        boolean mayBeShort = mnemonic.kind() == Kind.ARITHMETIC || mnemonic.kind() == Kind.MULTIPLY;
        long signed = bits == 16 ? (short) value : bits == 32 ? (int) value : value;
        return mayBeShort && signed == (byte) signed ? 8 : Math.min(32, bits);
    }

    /** The immediate as the encoding holds it: of its width, with a sign. */
    private static long signed(Mnemonic mnemonic, List<Bound> bound) {
        for (Bound b : bound) {
            if (b.isImmediate()) {
                int unused = Long.SIZE - immediateBits(mnemonic, bound, b);
                return immediate(bound) << unused >> unused;
            }
        }
        return 0;
    }

    private static int length(AssemblyLine line, Mnemonic mnemonic, List<Bound> bound) {
        Kind kind = mnemonic.kind();
        if (kind == Kind.BRANCH) {
            return bound.getFirst().bits() == 8 ? 2 : 6;
        }
        int bits = bound.isEmpty() ? 0 : bound.getFirst().bits();
        boolean vex = kind == Kind.THREE_OPERAND_SHIFT;
        int prefixes = (line.locked() ? 1 : 0) + (bits == 16 ? 1 : 0) + (!vex && rex(kind, bound) ? 1 : 0);
        int operand = 0;
        int immediate = 0;
        for (Bound b : bound) {
            if (b.memory() != null) {
                prefixes += b.memory().segment() == Segment.FS ? 1 : 0;
                operand = addressBytes(b.memory());
            } else if (b.isImmediate() && !(kind == Kind.SHIFT && immediate(bound) == 1)) {
                immediate = immediateBits(mnemonic, bound, b) / 8;
            }
        }
        boolean modrm = !bound.isEmpty() && !withoutModrm(kind, bound, immediate);
        int opcode = kind.opcodeBytes - (kind == Kind.MULTIPLY && bound.size() == 3 ? 1 : 0);
        return prefixes + opcode + (modrm ? 1 : 0) + operand + immediate;
    }

    /** Short forms: a constant into a register, and operations of the accumulator with a constant that has no byte form. */
    private static boolean withoutModrm(Kind kind, List<Bound> bound, int immediate) {
        Bound first = bound.getFirst();
        if (!first.isRegister()) {
            return false;
        }
        if (kind == Kind.EXCHANGE) {
            Bound second = bound.get(1);
            return second.isRegister() && first.bits() > 8 && (first.register() == RAX || second.register() == RAX);
        }
        if (immediate == 0) {
            return false;
        }
        boolean accumulator = first.register() == RAX && (kind == Kind.TEST || kind == Kind.ARITHMETIC);
        return kind == Kind.MOVE ? first.bits() < 64 || immediate == 8
                : accumulator && (immediate > 1 || first.bits() == 8);
    }

    private static boolean rex(Kind kind, List<Bound> bound) {
        boolean needed = bound.stream().anyMatch(b -> b.isRegister() && (RegisterName.extended(b.register())
                || b.bits() == 8 && b.register() >= RSP && b.register() <= RDI)
                || b.memory() != null && (RegisterName.extended(b.memory().base()) || RegisterName.extended(b.memory().index())));
        boolean wide = kind != Kind.PREFETCH && kind != Kind.NO_OPERATION && !bound.isEmpty() && bound.getFirst().bits() == 64;
        return needed || wide;
    }

    /** Bytes of an address behind the ModRM byte. */
    private static int addressBytes(MemoryOperand m) {
        if (m.ripRelative()) {
            return 4;
        }
        int sib = m.index() != NONE || m.base() == NONE || (m.base() & 7) == RSP && m.base() <= R15 ? 1 : 0;
        if (m.base() == NONE) {
            return sib + 4;
        }
        boolean mustHave = (m.base() & 7) == RBP && m.base() <= R15;
        if (m.displacement() == 0 && !mustHave) {
            return sib;
        }
        return sib + (m.displacement() == (byte) m.displacement() ? 1 : 4);
    }
}
