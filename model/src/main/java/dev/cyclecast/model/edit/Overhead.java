package dev.cyclecast.model.edit;

import static dev.cyclecast.trace.Registers.bit;

import dev.cyclecast.model.Code;
import dev.cyclecast.trace.Instruction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a function executes only because it is called: its landing pad, the saving and restoring of registers that its caller
 * does not need any more, and the alignment of the stack.
 */
final class Overhead {
    private final Program program;
    private final Calls calls;
    private final List<Integer> body = new ArrayList<>();
    private final int entry;
    private final int[] executions;
    private final boolean usesFrame;

    Overhead(Program program, Calls calls, int callee, Set<Integer> parts) {
        this.program = program;
        this.calls = calls;
        for (int part : parts) {
            for (int s : program.code().bodies().get(part).instructions()) {
                body.add(s);
            }
        }
        entry = calls.entry(callee);
        executions = calls.executions();
        usesFrame = calls.usesFrame(parts);
    }

    /** What a copy in place of a call does without. */
    Set<Integer> ofCall(int site) {
        Set<Integer> unneeded = landing();
        for (int register : Calls.KEPT) {
            List<Integer> pushes = all("push", register);
            List<Integer> pops = all("pop", register);
            if (pushes.size() == 1 && !pops.isEmpty() && calls.deadBehind(site, register)) {
                unneeded.addAll(pushes);
                unneeded.addAll(pops);
            }
        }
        if (!usesFrame) {
            for (int s : body) {
                if (Calls.adjusts(instruction(s), "sub") != 0 || Calls.adjusts(instruction(s), "add") != 0) {
                    unneeded.add(s);
                }
            }
        }
        return unneeded;
    }

    /**
     * What a copy in place of a jump does without: what its caller restores for it to save again.
     *
     * @param dropped set for what goes from the caller
     */
    Set<Integer> ofJump(int site, boolean[] dropped) {
        Set<Integer> unneeded = landing();
        List<Integer> epilogue = calls.before(site, executions);
        for (int k = 0; k < epilogue.size(); k++) {
            int s = epilogue.get(k);
            int again = again(instruction(s), epilogue.subList(0, k));
            if (again >= 0) {
                dropped[s] = true;
                unneeded.add(again);
            }
        }
        return unneeded;
    }

    /** The callee's instruction that undoes what the end of a caller does; -1 if there is none, or not always. */
    private int again(Instruction i, List<Integer> behind) {
        int register = Calls.moved(i, "pop");
        long bytes = Calls.adjusts(i, "add");
        if (!Calls.KEPT.contains(register) && bytes == 0) {
            return -1;
        }
        for (int s : body) {
            boolean undoes = bytes != 0 ? Calls.adjusts(instruction(s), "sub") == bytes
                    : Calls.moved(instruction(s), "push") == register;
            if (undoes && executions[s] == executions[entry]) {
                boolean used = bytes == 0 && (uses(behind, register) || uses(body.subList(0, body.indexOf(s)), register));
                return used ? -1 : s;
            }
        }
        return -1;
    }

    private boolean uses(List<Integer> instructions, int register) {
        return instructions.stream().anyMatch(s -> ((instruction(s).reads() | instruction(s).writes()) & bit(register)) != 0);
    }

    private Set<Integer> landing() {
        Set<Integer> unneeded = new HashSet<>();
        if (instruction(entry).mnemonic().equals("endbr64")) {
            unneeded.add(entry);
        }
        return unneeded;
    }

    private List<Integer> all(String mnemonic, int register) {
        return body.stream().filter(s -> Calls.moved(instruction(s), mnemonic) == register).toList();
    }

    private Instruction instruction(int s) {
        return program.code().instruction(s);
    }
}
