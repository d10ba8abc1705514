package dev.cyclecast.model.edit;

import static dev.cyclecast.trace.Registers.FLAGS;
import static dev.cyclecast.trace.Registers.RSP;
import static dev.cyclecast.trace.Registers.bit;

import dev.cyclecast.model.Code;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The code of a function that is executed only once a certain point is passed.
 */
final class Region {
    private static final int NONE = -1;
    private static final int AHEAD = 0;
    private static final int BEHIND = 1;
    /** A slow path in line is not taken for longer than a page. */
    private static final int LONGEST_SLOW_PATH = 4096;
    private final Program program;
    private final Events sample;
    private final String where;
    /** Its instructions. */
    final Set<Integer> inside = new TreeSet<>();
    /** Instructions at which it ends the function: returns, and jumps to other functions. */
    final Set<Integer> ends = new TreeSet<>();
    /** Registers whose values it uses and that calls keep. */
    final Set<Integer> used = new TreeSet<>();
    /** Its first instruction. */
    int entry = NONE;
    /** The function's instruction with which it goes on; -1 if it ends the function. */
    int join = NONE;
    /** Whether it may make a call, if only in code that was never executed. */
    boolean mayCall;
    /** Conditional branches to code that was never executed, with the bytes of that code as far as the next known place. */
    final Map<Integer, Integer> slow = new TreeMap<>();

    /**
     * Finds it.
     *
     * @param parts  bodies of the function
     * @param start  the function's first instruction
     * @param first  instructions that begin the region
     * @param behind whether it begins behind them: behind a call, when that has returned
     */
    Region(Program program, Events sample, Set<Integer> parts, int start, Set<Integer> first, boolean behind, String where) {
        this.program = program;
        this.sample = sample;
        this.where = where;
        Set<Integer> outside = new TreeSet<>();
        walk(parts, start, first, behind, (s, previous, state) -> (state == BEHIND ? inside : outside).add(s));
        inside.removeAll(outside);
        if (inside.isEmpty()) {
            throw new ModelException(where + ": all that is executed behind the place selected is executed elsewhere too; "
                    + "select another place");
        }
        walk(parts, start, first, behind, this::border);
        if (join != NONE && !ends.isEmpty()) {
            throw new ModelException(where + ": the code selected both ends the function, at " + program.describe(
                    ends.iterator().next()) + ", and goes on in it, at " + program.describe(join) + "; select less or more");
        }
        uses(parts);
    }

    /** What a walk reports: an instruction of the function, the one before it in the same call, and the state. */
    private interface Visitor {
        void visit(int s, int previous, int state);
    }

    private void walk(Set<Integer> parts, int start, Set<Integer> first, boolean behind, Visitor visitor) {
        Frames frames = new Frames();
        int previous = NONE;
        for (int e = 0; e < sample.size(); e++) {
            int s = sample.instruction(e);
            Flow flow = program.code().instruction(s).flow();
            if (s == start) {
                frames.become(AHEAD);
                previous = NONE;
            } else if (!parts.contains(program.code().bodyOf(s))) {
                frames.become(NONE);
            }
            boolean begins = frames.number() == AHEAD && first.contains(s);
            if (begins && !behind) {
                frames.become(BEHIND);
            }
            if (frames.number() != NONE) {
                visitor.visit(s, previous, frames.number());
            }
            if (begins) {
                frames.become(BEHIND);
            }
            previous = s;
            if (flow.isCall()) {
                frames.call(NONE, s);
            } else if (flow == Flow.RETURN) {
                previous = (int) frames.slot();
                frames.leave();
            }
        }
    }

    private void border(int s, int previous, int state) {
        boolean in = inside.contains(s);
        if (in && !inside.contains(previous)) {
            require(entry, s, "is entered at two places");
            entry = s;
        } else if (!in && inside.contains(previous)) {
            require(join, s, "goes on at two places");
            join = s;
        }
    }

    private void require(int one, int other, String what) {
        if (one != NONE && one != other) {
            throw new ModelException(where + ": the code selected " + what + ": " + program.describe(one) + " and "
                    + program.describe(other) + "; select another place");
        }
    }

    /** Finds its ends, the kept registers that it uses, and whether it may call. */
    private void uses(Set<Integer> parts) {
        long written = 0;
        for (int e = 0; e < sample.size(); e++) {
            int s = sample.instruction(e);
            if (!inside.contains(s)) {
                continue;
            }
            Instruction i = program.code().instruction(s);
            boolean leaves = e + 1 < sample.size() && !parts.contains(program.code().bodyOf(sample.instruction(e + 1)));
            if (i.flow() == Flow.RETURN || leaves && !i.flow().isCall()) {
                ends.add(s);
            }
            written = s == entry ? 0 : written;
            for (int register : Calls.KEPT) {
                boolean saves = Calls.moved(i, "push") == register;
                if ((i.reads() & bit(register) & ~written) != 0 && !saves && !Calls.clears(i)) {
                    used.add(register);
                }
            }
            written |= i.writes() & ~bit(RSP) & ~bit(FLAGS);
            mayCall |= i.flow().isCall();
        }
        Set<Long> executed = new HashSet<>();
        for (int s = 0; s < program.code().size(); s++) {
            executed.add(program.code().instruction(s).address());
        }
        for (int s : inside) {
            Instruction i = program.code().instruction(s);
            if (i.flow() == Flow.CONDITIONAL && i.target() != 0 && !executed.contains(i.target())) {
                slow.put(s, neverExecuted(program, i.target()));
            }
        }
        mayCall |= !slow.isEmpty();
    }

    /** Bytes of code that was never executed, from an address to the next that is an instruction's, a function's, or branched to. */
    static int neverExecuted(Program program, long target) {
        long next = target + LONGEST_SLOW_PATH;
        for (int s = 0; s < program.code().size(); s++) {
            for (long place : new long[] {program.code().instruction(s).address(), program.code().instruction(s).target()}) {
                next = place > target ? Math.min(next, place) : next;
            }
        }
        for (Code.Body body : program.code().bodies()) {
            next = body.start() > target ? Math.min(next, body.start()) : next;
        }
        return (int) (next - target);
    }
}
