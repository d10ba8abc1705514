package dev.cyclecast.model.edit;

import dev.cyclecast.model.ModelException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An instruction that edits may put into code.
 *
 * @param name        as the decoder names it
 * @param kind        how it is written and encoded
 * @param readsFirst  whether it reads its first operand
 * @param writesFirst whether it writes its first operand
 * @param readsFlags  whether it reads the flags
 * @param writesFlags whether it writes the flags
 */
record Mnemonic(String name, Kind kind, boolean readsFirst, boolean writesFirst, boolean readsFlags, boolean writesFlags) {
    /** Shapes of operands, a letter each: r register, m memory, i immediate, c cold code; and the bytes of the opcode. */
    enum Kind {
        MOVE("rr|rm|mr|ri|mi", 1), EXTEND("rr|rm", 2), EXTEND_DOUBLE("rr|rm", 1), ADDRESS("rm", 1),
        ARITHMETIC("rr|rm|mr|ri|mi", 1), TEST("rr|mr|ri|mi", 1), UNARY("r|m", 1), SHIFT("ri|mi|rr|mr", 1),
        MULTIPLY("rr|rm|rri|rmi", 2), SCAN("rr|rm", 2), COUNT("rr|rm", 3), SET("r|m", 2), CONDITIONAL_MOVE("rr|rm", 2),
        BRANCH("c", 2), THREE_OPERAND_SHIFT("rrr|rmr", 4), PREFETCH("m", 2), EXCHANGE("rr|mr", 1), EXCHANGE_ADD("rr|mr", 2),
        NO_OPERATION("", 1);

        private final List<String> shapes;
        /** Bytes of the opcode with its mandatory prefix, VEX included. */
        final int opcodeBytes;

        Kind(String shapes, int opcodeBytes) {
            this.shapes = List.of(shapes.split("\\|", -1));
            this.opcodeBytes = opcodeBytes;
        }
    }

    /** Condition codes as the decoder names them, and their other names. */
    private static final List<List<String>> CONDITIONS = List.of(List.of("z", "e"), List.of("nz", "ne"),
            List.of("b", "c", "nae"), List.of("nb", "nc", "ae"), List.of("be", "na"), List.of("nbe", "a"), List.of("l", "nge"),
            List.of("nl", "ge"), List.of("le", "ng"), List.of("nle", "g"), List.of("s"), List.of("ns"), List.of("o"),
            List.of("no"), List.of("p", "pe"), List.of("np", "po"));
    private static final Map<String, Mnemonic> ALL = all();

    private static Map<String, Mnemonic> all() {
        Map<String, Mnemonic> all = new HashMap<>();
        put(all, Kind.MOVE, false, true, false, false, "mov");
        put(all, Kind.EXTEND, false, true, false, false, "movzx", "movsx");
        put(all, Kind.EXTEND_DOUBLE, false, true, false, false, "movsxd");
        put(all, Kind.ADDRESS, false, true, false, false, "lea");
        put(all, Kind.ARITHMETIC, true, true, false, true, "add", "sub", "and", "or", "xor");
        put(all, Kind.ARITHMETIC, true, true, true, true, "adc", "sbb");
        put(all, Kind.ARITHMETIC, true, false, false, true, "cmp");
        put(all, Kind.TEST, true, false, false, true, "test");
        put(all, Kind.UNARY, true, true, false, true, "inc", "dec", "neg");
        put(all, Kind.UNARY, true, true, false, false, "not");
        put(all, Kind.SHIFT, true, true, false, true, "shl", "shr", "sar", "rol", "ror");
        put(all, Kind.MULTIPLY, true, true, false, true, "imul");
        put(all, Kind.SCAN, false, true, false, true, "bsr", "bsf");
        put(all, Kind.COUNT, false, true, false, true, "lzcnt", "tzcnt", "popcnt");
        put(all, Kind.THREE_OPERAND_SHIFT, false, true, false, false, "shlx", "shrx", "sarx");
        put(all, Kind.PREFETCH, false, false, false, false, "prefetcht0", "prefetcht1", "prefetcht2", "prefetchnta", "prefetchw");
        put(all, Kind.EXCHANGE, true, true, false, false, "xchg");
        put(all, Kind.EXCHANGE_ADD, true, true, false, true, "xadd");
        put(all, Kind.NO_OPERATION, false, false, false, false, "nop");
        for (List<String> names : CONDITIONS) {
            Mnemonic branch = new Mnemonic("j" + names.getFirst(), Kind.BRANCH, false, false, true, false);
            Mnemonic set = new Mnemonic("set" + names.getFirst(), Kind.SET, false, true, true, false);
            Mnemonic move = new Mnemonic("cmov" + names.getFirst(), Kind.CONDITIONAL_MOVE, false, true, true, false);
            for (String name : names) {
                all.put("j" + name, branch);
                all.put("set" + name, set);
                all.put("cmov" + name, move);
            }
        }
        return Map.copyOf(all);
    }

    private static void put(Map<String, Mnemonic> all, Kind kind, boolean readsFirst, boolean writesFirst, boolean readsFlags,
                            boolean writesFlags, String... names) {
        for (String name : names) {
            all.put(name, new Mnemonic(name, kind, readsFirst, writesFirst, readsFlags, writesFlags));
        }
    }

    static Mnemonic of(String name) {
        return ALL.get(name);
    }

    /** Fails where an instruction is unknown or takes other operands. */
    static void check(String name, List<AssemblyLine.Part> parts, boolean locked, String where) {
        Mnemonic mnemonic = ALL.get(name);
        if (mnemonic == null) {
            throw new ModelException(where + ": unknown instruction '" + name + "'; known are "
                    + String.join(", ", ALL.keySet().stream().filter(n -> n.equals(ALL.get(n).name())).sorted().toList()));
        }
        StringBuilder shape = new StringBuilder();
        for (AssemblyLine.Part part : parts) {
            shape.append(switch (part) {
                case AssemblyLine.Part.Register r -> 'r';
                case AssemblyLine.Part.Immediate i -> 'i';
                case AssemblyLine.Part.Memory m -> 'm';
                case AssemblyLine.Part.Cold c -> 'c';
            });
        }
        if (!mnemonic.kind.shapes.contains(shape.toString())) {
            throw new ModelException(where + ": " + name + " does not take these operands"
                    + (mnemonic.kind == Kind.BRANCH ? "; a branch that is put in is never taken: give 'cold' or 'short cold'" : ""));
        }
        boolean modifies = mnemonic.readsFirst && mnemonic.writesFirst && shape.toString().startsWith("m")
                && mnemonic.kind != Kind.SHIFT;
        if (locked && !modifies) {
            throw new ModelException(where + ": lock is for instructions that read, modify and write memory");
        }
    }
}
