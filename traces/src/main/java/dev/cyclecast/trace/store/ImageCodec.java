package dev.cyclecast.trace.store;

import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Function;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.Module;
import dev.cyclecast.trace.Operand;
import dev.cyclecast.trace.ProgramImage;
import dev.cyclecast.trace.Registers;
import dev.cyclecast.trace.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The stored form of a {@link ProgramImage}: its lists in order, numbers of variable length, addresses as differences. */
final class ImageCodec {
    private static final Flow[] FLOWS = Flow.values();
    private static final Operand.Kind[] KINDS = Operand.Kind.values();
    private static final MemoryOperand.Segment[] SEGMENTS = MemoryOperand.Segment.values();
    private static final Variable.Storage[] STORAGES = Variable.Storage.values();
    private static final int MEMORY_OPERANDS = 8;
    private static final int OPERANDS = 16;

    private ImageCodec() {
    }

    static void write(ProgramImage image, ByteSink out) {
        out.writeVarint(image.modules().size());
        for (Module m : image.modules()) {
            out.writeString(m.name());
            out.writeVarint(m.base());
            out.writeVarint(m.start());
            out.writeVarint(m.end());
            out.writeString(m.sha256());
        }
        long last = 0;
        out.writeVarint(image.functions().size());
        for (Function f : image.functions()) {
            out.writeString(f.name());
            out.writeVarint(f.module());
            out.writeSigned(f.address() - last);
            out.writeVarint(f.size());
            last = f.address();
        }
        last = 0;
        out.writeVarint(image.variables().size());
        for (Variable v : image.variables()) {
            out.writeString(v.name());
            out.writeVarint(v.module());
            out.writeByte(v.storage().ordinal());
            out.writeSigned(v.address() - last);
            out.writeVarint(v.size());
            last = v.address();
        }
        last = 0;
        Map<String, Integer> mnemonics = new HashMap<>();
        out.writeVarint(image.instructions().size());
        for (Instruction i : image.instructions()) {
            write(i, last, mnemonics, out);
            last = i.address();
        }
        out.writeVarint(image.bytes().length);
        out.writeBytes(image.bytes(), 0, image.bytes().length);
    }

    private static void write(Instruction i, long last, Map<String, Integer> mnemonics, ByteSink out) {
        out.writeSigned(i.address() - last);
        out.writeByte(i.length());
        Integer known = mnemonics.get(i.mnemonic());
        if (known == null) {
            out.writeVarint(mnemonics.size());
            out.writeString(i.mnemonic());
            mnemonics.put(i.mnemonic(), mnemonics.size());
        } else {
            out.writeVarint(known);
        }
        out.writeString(i.text());
        out.writeByte(i.flow().ordinal() | (i.locked() ? 0x40 : 0) | (i.repeated() ? 0x80 : 0));
        out.writeSigned(i.target() == 0 ? 0 : i.target() - i.address());
        out.writeVarint(i.reads());
        out.writeVarint(i.writes());
        out.writeByte(i.operands().size());
        for (Operand o : i.operands()) {
            out.writeByte(o.kind().ordinal() | (o.read() ? 0x40 : 0) | (o.written() ? 0x80 : 0));
            out.writeByte(o.register() + 1);
            out.writeVarint(o.bits());
        }
        out.writeByte(i.memory().size());
        for (MemoryOperand m : i.memory()) {
            write(m, out);
        }
        out.writeByte(i.address0() == null ? 0 : 1);
        if (i.address0() != null) {
            write(i.address0(), out);
        }
        out.writeSigned(i.immediate());
        out.writeVarint(i.function() + 1);
    }

    private static void write(MemoryOperand m, ByteSink out) {
        out.writeByte(m.segment().ordinal() | (m.ripRelative() ? 0x10 : 0) | (m.stack() ? 0x20 : 0)
                | (m.read() ? 0x40 : 0) | (m.written() ? 0x80 : 0));
        out.writeByte(m.base() + 1);
        out.writeByte(m.index() + 1);
        out.writeByte(m.scale());
        out.writeSigned(m.displacement());
        out.writeVarint(m.bytes());
        out.writeVarint(m.variable() + 1);
    }

    static ProgramImage read(ByteSource in) throws DamagedException {
        List<Module> modules = new ArrayList<>();
        for (int n = in.readCount("number of modules"); n > 0; n--) {
            modules.add(new Module(in.readString(), in.readVarint(), in.readVarint(), in.readVarint(), in.readString()));
        }
        long last = 0;
        List<Function> functions = new ArrayList<>();
        for (int n = in.readCount("number of functions"); n > 0; n--) {
            String name = in.readString();
            int module = in.readBounded(modules.size() - 1, "module");
            last += in.readSigned();
            functions.add(new Function(name, module, last, in.readVarint()));
        }
        last = 0;
        List<Variable> variables = new ArrayList<>();
        for (int n = in.readCount("number of variables"); n > 0; n--) {
            String name = in.readString();
            int module = in.readBounded(modules.size() - 1, "module");
            Variable.Storage storage = STORAGES[in.readBounded(STORAGES.length - 1, "storage")];
            last += in.readSigned();
            variables.add(new Variable(name, module, storage, last, in.readVarint()));
        }
        last = 0;
        List<String> mnemonics = new ArrayList<>();
        List<Instruction> instructions = new ArrayList<>();
        long bytes = 0;
        for (int n = in.readCount("number of instructions"); n > 0; n--) {
            Instruction i = readInstruction(in, last, mnemonics, functions.size(), variables.size());
            if (!instructions.isEmpty() && Long.compareUnsigned(i.address(), last) <= 0) {
                throw new DamagedException("instructions out of order");
            }
            last = i.address();
            bytes += i.length();
            instructions.add(i);
        }
        int length = in.readCount("number of code bytes");
        if (length != bytes) {
            throw new DamagedException(length + " code bytes for instructions of " + bytes);
        }
        return new ProgramImage(modules, functions, variables, instructions, in.readBytes(length));
    }

    private static Instruction readInstruction(ByteSource in, long last, List<String> mnemonics, int functions,
                                               int variables) throws DamagedException {
        long address = last + in.readSigned();
        int length = in.readBounded(15, "length of an instruction");
        int m = in.readBounded(mnemonics.size(), "mnemonic");
        if (m == mnemonics.size()) {
            mnemonics.add(in.readString());
        }
        String mnemonic = mnemonics.get(m);
        String text = in.readString();
        int flags = in.readByte();
        if ((flags & 0x3f) >= FLOWS.length) {
            throw new DamagedException("flow " + (flags & 0x3f));
        }
        long distance = in.readSigned();
        long target = distance == 0 ? 0 : address + distance;
        long reads = in.readVarint();
        long writes = in.readVarint();
        List<Operand> operands = new ArrayList<>(4);
        for (int n = in.readBounded(OPERANDS, "number of operands"); n > 0; n--) {
            int kind = in.readByte();
            if ((kind & 0x3f) >= KINDS.length) {
                throw new DamagedException("operand of kind " + (kind & 0x3f));
            }
            operands.add(new Operand(KINDS[kind & 0x3f], readRegister(in), in.readBounded(1 << 16, "operand width"),
                    (kind & 0x40) != 0, (kind & 0x80) != 0));
        }
        List<MemoryOperand> memory = new ArrayList<>(2);
        for (int n = in.readBounded(MEMORY_OPERANDS, "number of memory operands"); n > 0; n--) {
            memory.add(readMemory(in, variables));
        }
        MemoryOperand address0 = in.readBounded(1, "flag") == 1 ? readMemory(in, variables) : null;
        long immediate = in.readSigned();
        int function = in.readBounded(functions, "function") - 1;
        return new Instruction(address, length, mnemonic, text, FLOWS[flags & 0x3f], target, reads, writes, operands,
                memory, address0, immediate, (flags & 0x40) != 0, (flags & 0x80) != 0, function);
    }

    private static MemoryOperand readMemory(ByteSource in, int variables) throws DamagedException {
        int flags = in.readByte();
        if ((flags & 0xf) >= SEGMENTS.length) {
            throw new DamagedException("segment " + (flags & 0xf));
        }
        int base = readRegister(in);
        int index = readRegister(in);
        int scale = in.readByte();
        long displacement = in.readSigned();
        int bytes = in.readBounded(1 << 16, "width of an access");
        int variable = in.readBounded(variables, "variable") - 1;
        return new MemoryOperand(SEGMENTS[flags & 0xf], base, index, scale, displacement, (flags & 0x10) != 0,
                (flags & 0x20) != 0, bytes, (flags & 0x40) != 0, (flags & 0x80) != 0, variable);
    }

    private static int readRegister(ByteSource in) throws DamagedException {
        return in.readBounded(Registers.COUNT, "register") - 1;
    }
}
