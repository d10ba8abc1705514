package dev.cyclecast.model.edit;

import dev.cyclecast.model.Code;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.TraceSource;
import dev.cyclecast.trace.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Code with the variables that it reads: what edits select from and change.
 *
 * @param code          instructions and bodies
 * @param variables     data symbols
 * @param threadPointer thread pointer of the recorded thread, 0 if not known
 */
record Program(Code code, List<Variable> variables, long threadPointer) {
    private static final int ALIGNMENT = 8;

    /** The program of a trace, unedited. */
    static Program of(TraceSource trace, Code code) {
        return new Program(code, trace.image().variables(), trace.header().threadPointer());
    }

    /** The same program with other code. */
    Program with(Code edited) {
        return new Program(edited, variables, threadPointer);
    }

    /** Number of a variable, by the name that a proposal gives. */
    int variable(String name, String where) {
        for (int v = 0; v < variables.size(); v++) {
            if (variables.get(v).name().equals(name)) {
                return v;
            }
        }
        throw new AbsentSiteException(where + ": the trace's program has no variable '" + name
                + "'; see the names with 'nm' or 'cyclecast info'");
    }

    /** Numbers of the bodies with the given names; all of them where the list is empty. */
    Set<Integer> bodies(List<String> names, String where) {
        Set<Integer> found = new HashSet<>();
        Set<String> left = new HashSet<>(names);
        for (int b = 0; b < code.bodies().size(); b++) {
            if (names.isEmpty() || names.contains(code.bodies().get(b).name())) {
                found.add(b);
                left.remove(code.bodies().get(b).name());
            }
        }
        if (!left.isEmpty()) {
            throw new AbsentSiteException(where + ": the trace's program has no function '" + left.iterator().next() + "'");
        }
        return found;
    }

    /** For each instruction, the variable whose memory its load reads; -1 where it reads none, or not always the same. */
    int[] variableReads(dev.cyclecast.model.Events events) {
        return variables(events, MemoryOperand::read);
    }

    /** The same for stores. */
    int[] variableWrites(dev.cyclecast.model.Events events) {
        return variables(events, MemoryOperand::written);
    }

    private int[] variables(dev.cyclecast.model.Events events, Predicate<MemoryOperand> access) {
        int none = -1;
        int unseen = -2;
        int[] found = new int[code.size()];
        Arrays.fill(found, unseen);
        for (int e = 0; e < events.size(); e++) {
            int s = events.instruction(e);
            if (found[s] == none) {
                continue;
            }
            Instruction i = code.instruction(s);
            int v = none;
            for (int m = 0; m < Math.min(2, i.memory().size()) && v == none; m++) {
                MemoryOperand operand = i.memory().get(m);
                if (access.test(operand)) {
                    v = operand.variable() >= 0 ? operand.variable()
                            : variableAt(m == 0 ? events.address0(e) : events.address1(e));
                }
            }
            found[s] = found[s] == unseen || found[s] == v ? v : none;
        }
        for (int s = 0; s < found.length; s++) {
            found[s] = Math.max(found[s], none);
        }
        return found;
    }

    /** The first instruction of a body behind the landing mark of indirect calls. */
    int entry(Code.Body body) {
        if (body.instructions().length == 0) {
            return -1;
        }
        int first = body.instructions()[0];
        boolean landing = code.instruction(first).mnemonic().equals("endbr64");
        return landing && body.instructions().length > 1 ? body.instructions()[1] : first;
    }

    /** Whether an event calls a function, or jumps from one function to the first instruction of another. */
    boolean entersOther(dev.cyclecast.model.Events events, int event) {
        Flow flow = code.instruction(events.instruction(event)).flow();
        if (event + 1 >= events.size() || !flow.isUnconditional() || flow == Flow.RETURN) {
            return false;
        }
        int next = events.instruction(event + 1);
        int body = code.bodyOf(next);
        return body >= 0 && body != code.bodyOf(events.instruction(event))
                && code.bodies().get(body).instructions()[0] == next;
    }

    /** The same program with variables of its own for an edit, thread-local, below all others. */
    Program withThreadLocals(Map<String, Integer> bytes, String where) {
        List<Variable> all = new ArrayList<>(variables);
        long next = variables.stream().filter(v -> v.storage() == Variable.Storage.THREAD_LOCAL)
                .mapToLong(Variable::address).min().orElse(0);
        for (Map.Entry<String, Integer> added : bytes.entrySet()) {
            if (all.stream().anyMatch(v -> v.name().equals(added.getKey()))) {
                throw new ModelException(where + "/" + added.getKey() + ": the program has a variable of that name");
            }
            next = Math.floorDiv(next - added.getValue(), ALIGNMENT) * ALIGNMENT;
            all.add(new Variable(added.getKey(), 0, Variable.Storage.THREAD_LOCAL, next, added.getValue()));
        }
        return new Program(code, List.copyOf(all), threadPointer);
    }

    /** Where a variable lies in the recorded process. */
    long address(int variable) {
        Variable x = variables.get(variable);
        return x.storage() == Variable.Storage.GLOBAL ? x.address() : threadPointer + x.address();
    }

    /** Number of the variable at an address, or -1. */
    int variableAt(long address) {
        for (int v = 0; v < variables.size(); v++) {
            Variable x = variables.get(v);
            long start = address(v);
            if (address >= start && address < start + x.size()
                    && (x.storage() == Variable.Storage.GLOBAL || threadPointer != 0)) {
                return v;
            }
        }
        return -1;
    }

    /**
     * For each body, the variable that it does nothing but fetch, -1 for bodies that do more: such a function is a gate of
     * its own, and a call to it is a read of the variable.
     */
    int[] getters(int[] variableReads) {
        int[] getter = new int[code.bodies().size()];
        for (int b = 0; b < getter.length; b++) {
            getter[b] = getter(code.bodies().get(b), variableReads);
        }
        return getter;
    }

    private int getter(Code.Body body, int[] variableReads) {
        int variable = -1;
        boolean returns = false;
        for (int s : body.instructions()) {
            Instruction i = code.instruction(s);
            if (i.stores() || i.flow().isUnconditional() && i.flow() != Flow.RETURN || i.flow() == Flow.SYSTEM) {
                return -1;
            }
            returns |= i.flow() == Flow.RETURN;
            if (i.loads() && i.flow() != Flow.RETURN) {
                if (variableReads[s] < 0 || variable >= 0 && variable != variableReads[s]) {
                    return -1;
                }
                variable = variableReads[s];
            } else if (!List.of("endbr64", "nop", "mov", "movzx", "cmp", "test", "ret").contains(i.mnemonic())
                    && i.flow() != Flow.CONDITIONAL) {
                return -1;
            }
        }
        return returns ? variable : -1;
    }

    /** Number of the body that a call event enters, given the event behind it. */
    int callee(dev.cyclecast.model.Events events, int call) {
        return call + 1 < events.size() ? code.bodyOf(events.instruction(call + 1)) : -1;
    }

    /** A description of an instruction for messages. */
    String describe(int s) {
        Instruction i = code.instruction(s);
        return code.bodyName(s) + ": " + i.text() + " at 0x" + Long.toHexString(i.address());
    }

    /** All instructions, to be followed by those that an edit adds. */
    List<Instruction> instructions() {
        List<Instruction> all = new ArrayList<>();
        for (int s = 0; s < code.size(); s++) {
            all.add(code.instruction(s));
        }
        return all;
    }
}
