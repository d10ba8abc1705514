package dev.cyclecast.trace;

import java.util.List;

/**
 * The static side of a trace: every instruction that was executed, and the symbols around it.
 *
 * <p>Instructions are sorted by address; the index of one in {@link #instructions()} is its number in the events. Only
 * executed instructions, and those in blocks that were, are here. Code that was mapped twice, or rewritten, is refused at
 * record time.
 *
 * @param modules      mapped files; the program itself first
 * @param functions    function symbols, sorted by address
 * @param variables    data symbols of the program and of preloaded libraries, sorted by storage, then address
 * @param instructions executed instructions, sorted by address
 * @param bytes        code bytes of each instruction, in the same order, back to back
 */
public record ProgramImage(List<Module> modules, List<Function> functions, List<Variable> variables,
                           List<Instruction> instructions, byte[] bytes) {
    public ProgramImage {
        modules = List.copyOf(modules);
        functions = List.copyOf(functions);
        variables = List.copyOf(variables);
        instructions = List.copyOf(instructions);
    }

    /** Number of the instruction at an address, or -1. */
    public int indexOf(long address) {
        int low = 0;
        int high = instructions.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Long.compareUnsigned(instructions.get(middle).address(), address);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /** Name of the function around an instruction, or the module's name in brackets where no symbol covers it. */
    public String functionName(int instruction) {
        Instruction i = instructions.get(instruction);
        if (i.function() >= 0) {
            return functions.get(i.function()).name();
        }
        for (Module m : modules) {
            if (i.address() >= m.start() && i.address() < m.end()) {
                return "[" + m.name() + "]";
            }
        }
        return "[unknown]";
    }
}
