package dev.cyclecast.model.edit;

import static dev.cyclecast.trace.Registers.FLAGS;
import static dev.cyclecast.trace.Registers.bit;

import dev.cyclecast.model.Events;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.Operand;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What becomes of a value after it was read: which instructions copy it, compare it and branch on it, and which use it
 * otherwise; found by following registers through the executed instructions.
 */
final class Slice {
    /** What an instruction does with the value. */
    enum Role {
        /** Reads it from memory, or calls the function that does. */
        READ,
        /** Copies it to another register. */
        COPY,
        /** Compares it with the value that stands for "not yet set". */
        UNSET_COMPARE,
        /** Branches on that. */
        UNSET_BRANCH,
        /** Compares it with another constant. */
        COMPARE,
        /** Branches on that. */
        BRANCH,
        /** Uses it in another way. */
        OTHER
    }

    private static final int REACH = 600;
    private static final int FRAMES = 8;
    /** rbx, rbp, rsp, r12 to r15: kept across calls by the System V ABI. */
    private static final long KEPT = bit(3) | bit(4) | bit(5) | 0xF000L;

    private final Program program;
    private final Events events;
    private final long unset;
    private final boolean hasUnset;
    private final Set<Integer> follow;
    /** Roles by instruction number. */
    final Map<Integer, Role> roles = new HashMap<>();

    /**
     * A slice of values of which one means "not yet set".
     *
     * @param follow bodies into which the value is followed when it is passed on in a register
     */
    Slice(Program program, Events events, Long unset, Set<Integer> follow) {
        this.program = program;
        this.events = events;
        hasUnset = unset != null;
        this.unset = hasUnset ? unset : 0;
        this.follow = follow;
    }

    /** Follows the value that one event read. Comparisons with memory are their own reads. */
    void read(int event) {
        Instruction i = program.code().instruction(events.instruction(event));
        if (i.flow().isCall()) {
            note(event, Role.READ);
            int back = behindCall(event);
            if (back >= 0) {
                walk(back, bit(0), null);
            }
        } else if (compares(i)) {
            Role role = compareRole(i);
            note(event, role);
            walk(event + 1, 0, role == Role.OTHER ? null : role);
        } else if (loadsOnly(i)) {
            note(event, Role.READ);
            walk(event + 1, i.writes() & ~bit(FLAGS), null);
        } else {
            note(event, Role.OTHER);
        }
    }

    /** Index of the event behind the return of a call, or -1. */
    private int behindCall(int call) {
        int depth = 0;
        for (int e = call; e < Math.min(events.size(), call + REACH); e++) {
            Flow flow = program.code().instruction(events.instruction(e)).flow();
            depth += flow.isCall() ? 1 : flow == Flow.RETURN ? -1 : 0;
            if (depth == 0) {
                return e + 1;
            }
        }
        return -1;
    }

    private void walk(int from, long registers, Role flagsRole) {
        long value = registers;
        Role flags = flagsRole;
        long[] saved = new long[FRAMES];
        int frame = 0;
        int skipped = 0;
        for (int e = from; e < Math.min(events.size(), from + REACH) && (value != 0 || flags != null); e++) {
            Instruction i = program.code().instruction(events.instruction(e));
            if (skipped > 0) {
                skipped += i.flow().isCall() ? 1 : i.flow() == Flow.RETURN ? -1 : 0;
                continue;
            }
            if (i.flow().isCall()) {
                boolean enters = frame < FRAMES && follow.contains(program.callee(events, e));
                if (enters) {
                    saved[frame++] = value & KEPT;
                } else {
                    skipped = 1;
                    value &= KEPT;
                }
                flags = null;
                continue;
            }
            if (i.flow() == Flow.RETURN) {
                if (frame == 0) {
                    return;
                }
                value = saved[--frame];
                flags = null;
                continue;
            }
            Role next = step(e, i, value, flags);
            if (next == Role.COPY) {
                value |= i.writes();
            } else {
                value &= ~i.writes();
            }
            if ((i.writes() & bit(FLAGS)) != 0) {
                flags = next == Role.COMPARE || next == Role.UNSET_COMPARE ? next : null;
            }
        }
    }

    /** Role of one instruction given which registers hold the value; null where it does not touch it. */
    private Role step(int e, Instruction i, long value, Role flags) {
        if (flags != null && (i.reads() & bit(FLAGS)) != 0) {
            boolean unsetFlags = flags == Role.UNSET_COMPARE;
            Role role = i.flow() != Flow.CONDITIONAL ? Role.OTHER : unsetFlags ? Role.UNSET_BRANCH : Role.BRANCH;
            note(e, role);
            return role;
        }
        if ((i.reads() & value) == 0 || saves(i) || clears(i)) {
            return null;
        }
        Role role = compares(i) && i.memory().isEmpty() ? compareRole(i) : copies(i) ? Role.COPY : Role.OTHER;
        note(e, role);
        return role;
    }

    static boolean saves(Instruction i) {
        return i.mnemonic().equals("push");
    }

    static boolean clears(Instruction i) {
        return (i.mnemonic().equals("xor") || i.mnemonic().equals("sub")) && i.operands().size() == 2
                && i.operands().get(0).register() >= 0
                && i.operands().get(0).register() == i.operands().get(1).register();
    }

    private static boolean compares(Instruction i) {
        return i.mnemonic().equals("cmp") || i.mnemonic().equals("test");
    }

    private static boolean loadsOnly(Instruction i) {
        return i.mnemonic().startsWith("mov") && i.loads() && !i.stores();
    }

    private static boolean copies(Instruction i) {
        return i.mnemonic().startsWith("mov") && i.memory().isEmpty() && i.operands().size() == 2
                && i.operands().get(1).kind() == Operand.Kind.REGISTER;
    }

    private Role compareRole(Instruction i) {
        boolean constant = false;
        boolean sameRegister = false;
        if (i.operands().size() == 2) {
            Operand a = i.operands().get(0);
            Operand b = i.operands().get(1);
            constant = b.kind() == Operand.Kind.IMMEDIATE;
            sameRegister = a.kind() == Operand.Kind.REGISTER && a.register() == b.register();
        }
        if (!constant && !sameRegister) {
            return Role.OTHER;
        }
        return hasUnset && constant && i.mnemonic().equals("cmp") && i.immediate() == unset
                ? Role.UNSET_COMPARE : Role.COMPARE;
    }

    private void note(int event, Role role) {
        roles.merge(events.instruction(event), role, (a, b) -> a == b ? a : Role.OTHER);
    }
}
