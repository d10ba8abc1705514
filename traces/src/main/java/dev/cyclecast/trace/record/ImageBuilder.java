package dev.cyclecast.trace.record;

import dev.cyclecast.trace.Function;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.MemoryOperand.Segment;
import dev.cyclecast.trace.Module;
import dev.cyclecast.trace.ProgramImage;
import dev.cyclecast.trace.Registers;
import dev.cyclecast.trace.Variable;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.fornwall.jelf.ElfSegment;

/** Puts the image together when all executed code is known: sorts it, and finds the symbols that it belongs to and names. */
final class ImageBuilder {
    private final CodeTable code;
    private final List<LoadedFile> files;
    private final int own;
    private final TreeMap<Long, Function> functions = new TreeMap<>();
    /** Where each function ends: one without a size, at the end of its section at the latest. */
    private final Map<Function, Long> ends = new HashMap<>();
    private final TreeMap<Long, Variable> globals = new TreeMap<>();
    private final TreeMap<Long, Variable> threadLocals = new TreeMap<>();
    private final int[] order;

    /**
     * Prepares.
     *
     * @param files files in the order of the modules to be: the program first, then preloaded libraries
     * @param own   how many of them are the program and preloaded libraries
     */
    ImageBuilder(CodeTable code, List<LoadedFile> files, int own) {
        this.code = code;
        this.files = files;
        this.own = own;
        order = IntStream.range(0, code.size()).boxed()
                .sorted((a, b) -> Long.compareUnsigned(code.instruction(a).address(), code.instruction(b).address()))
                .mapToInt(Integer::intValue).toArray();
    }

    /** For each instruction as the recorder numbered it, its index in the image. */
    int[] numbers() {
        int[] numbers = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            numbers[order[i]] = i;
        }
        return numbers;
    }

    ProgramImage build() {
        for (int m = 0; m < files.size(); m++) {
            addFunctions(m, m < own);
        }
        addVariables();
        List<Function> functionList = List.copyOf(functions.values());
        Map<Function, Integer> functionIndex = index(functionList);
        List<Variable> variableList = new ArrayList<>(globals.values());
        variableList.addAll(threadLocals.values());
        Map<Variable, Integer> variableIndex = index(variableList);
        List<Instruction> instructions = new ArrayList<>(order.length);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int number : order) {
            Instruction i = code.instruction(number);
            instructions.add(resolve(i, functionIndex, variableIndex));
            bytes.writeBytes(code.bytes(number));
        }
        List<Module> modules = files.stream().map(f -> new Module(f.elf().name(), f.bias(),
                f.bias() + f.elf().codeStart(), f.bias() + f.elf().codeEnd(), f.elf().sha256())).toList();
        return new ProgramImage(modules, functionList, variableList, instructions, bytes.toByteArray());
    }

    private static <T> Map<T, Integer> index(List<T> list) {
        Map<T, Integer> result = new HashMap<>();
        for (int i = 0; i < list.size(); i++) {
            result.put(list.get(i), i);
        }
        return result;
    }

    /** Of several names for one address: the global one, without leading underscores, the shortest, the first. */
    private static final Comparator<ElfImage.Symbol> PREFERENCE = Comparator
            .comparing((ElfImage.Symbol s) -> !Landmarks.OPERATIONS.contains(s.name()))
            .thenComparing(s -> s.size() == 0)
            .thenComparing(s -> !s.global())
            .thenComparing(s -> s.name().startsWith("_"))
            .thenComparing(s -> s.name().length())
            .thenComparing(ElfImage.Symbol::name);

    private void addFunctions(int module, boolean all) {
        LoadedFile file = files.get(module);
        TreeMap<Long, Function> found = new TreeMap<>();
        file.elf().symbols().stream().filter(s -> s.kind() == ElfImage.Kind.FUNCTION).sorted(PREFERENCE)
                .forEach(s -> {
                    Function f = new Function(s.name(), module, s.value() + file.bias(), s.size());
                    if (found.putIfAbsent(f.address(), f) == null) {
                        ends.put(f, s.size() > 0 ? f.address() + s.size() : s.section() + file.bias());
                    }
                });
        if (all) {
            functions.putAll(found);
            return;
        }
        for (int number : order) {
            long address = code.instruction(number).address();
            Map.Entry<Long, Function> entry = found.floorEntry(address);
            if (entry != null && covers(entry.getValue(), address)) {
                functions.put(entry.getKey(), entry.getValue());
            }
        }
    }

    private boolean covers(Function f, long address) {
        return address < ends.get(f);
    }

    private void addVariables() {
        ThreadLocalLayout layout = new ThreadLocalLayout();
        for (int m = 0; m < own; m++) {
            LoadedFile file = files.get(m);
            int module = m;
            ElfSegment segment = file.elf().threadLocals();
            long block = segment == null ? 0 : layout.place(segment);
            file.elf().symbols().stream().filter(s -> s.kind() != ElfImage.Kind.FUNCTION).sorted(PREFERENCE).forEach(s -> {
                if (s.kind() == ElfImage.Kind.OBJECT) {
                    long address = s.value() + file.bias();
                    globals.putIfAbsent(address, new Variable(s.name(), module, Variable.Storage.GLOBAL, address, s.size()));
                } else if (segment != null) {
                    long offset = s.value() - block;
                    threadLocals.putIfAbsent(offset,
                            new Variable(s.name(), module, Variable.Storage.THREAD_LOCAL, offset, s.size()));
                }
            });
        }
    }

    private Instruction resolve(Instruction i, Map<Function, Integer> functionIndex, Map<Variable, Integer> variableIndex) {
        Map.Entry<Long, Function> entry = functions.floorEntry(i.address());
        int function = entry == null || !covers(entry.getValue(), i.address()) ? -1 : functionIndex.get(entry.getValue());
        List<MemoryOperand> memory = i.memory().stream().map(m -> resolve(m, variableIndex)).toList();
        MemoryOperand address0 = i.address0() == null ? null : resolve(i.address0(), variableIndex);
        return new Instruction(i.address(), i.length(), i.mnemonic(), i.text(), i.flow(), i.target(), i.reads(), i.writes(),
                i.operands(), memory, address0, i.immediate(), i.locked(), i.repeated(), function);
    }

    private MemoryOperand resolve(MemoryOperand m, Map<Variable, Integer> variableIndex) {
        if (m.base() != Registers.NONE || m.index() != Registers.NONE || m.segment() == Segment.GS) {
            return m;
        }
        TreeMap<Long, Variable> variables = m.segment() == Segment.FS ? threadLocals : globals;
        Map.Entry<Long, Variable> entry = variables.floorEntry(m.displacement());
        if (entry == null || m.displacement() >= entry.getKey() + Math.max(1, entry.getValue().size())) {
            return m;
        }
        return new MemoryOperand(m.segment(), m.base(), m.index(), m.scale(), m.displacement(), m.ripRelative(), m.stack(),
                m.bytes(), m.read(), m.written(), variableIndex.get(entry.getValue()));
    }
}
