package dev.cyclecast.model.edit;

import dev.cyclecast.model.Code;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.model.Window;
import dev.cyclecast.trace.TraceSource;
import java.util.ArrayList;
import java.util.List;

/** A proposal made concrete for one trace: the edited code, and the edited events of any window. */
public final class Editor {
    private final List<Rewrite> rewrites = new ArrayList<>();
    private final Code code;

    /**
     * Finds the proposal's sites.
     *
     * @param trace  the trace
     * @param base   its code
     * @param sample executed instructions from which sites are found
     * @throws ModelException if the proposal selects nothing in the trace
     */
    public Editor(Proposal proposal, TraceSource trace, Code base, Events sample) {
        Program program = Program.of(trace, base);
        Events events = sample;
        for (int k = 0; k < proposal.edits().size(); k++) {
            Rewrite rewrite = plan(proposal, k, program, events);
            rewrites.add(rewrite);
            program = rewrite.program();
            events = rewrite.apply(events).events();
        }
        code = program.code();
        check(proposal, base, sample, program, events);
    }

    /** A trace of signals or long jumps has breaks of its own. */
    private static void check(Proposal proposal, Code base, Events sample, Program edited, Events events) {
        int at = Continuity.firstBreak(edited.code(), events);
        if (at != Continuity.NONE && Continuity.firstBreak(base, sample) == Continuity.NONE) {
            throw new ModelException(proposal.file() + ": /edits: in the edited program " + edited.describe(events.instruction(at))
                    + " does not lead to what is executed next, " + edited.describe(events.instruction(at + 1))
                    + "; the editor is at fault: report it with the trace and the proposal");
        }
    }

    private static Rewrite plan(Proposal proposal, int k, Program program, Events events) {
        try {
            return proposal.edits().get(k).plan(program, events, proposal.file() + ": /edits/" + k);
        } catch (AbsentSiteException e) {
            throw new ModelException(e.getMessage() + "; the proposal starts from a trace of variant " + proposal.base()
                    + ": make one with 'cyclecast record --variant " + proposal.base() + "'");
        }
    }

    /** The edited code. */
    public Code code() {
        return code;
    }

    /** Number of sites changed. */
    public int sites() {
        return rewrites.stream().mapToInt(Rewrite::sites).sum();
    }

    /** Whether the proposal moves data. */
    public boolean movesData() {
        return rewrites.stream().anyMatch(Rewrite::movesData);
    }

    /** Where data lies behind the edits. */
    public long moved(long address) {
        long at = address;
        for (Rewrite rewrite : rewrites) {
            at = rewrite.moved(at);
        }
        return at;
    }

    /** A window as the edited program would have executed it. */
    public Window apply(Window window) {
        Rewrite.Result result = new Rewrite.Result(window.events(),
                new int[] {window.replayFrom(), window.countFrom()});
        for (Rewrite rewrite : rewrites) {
            result = rewrite.apply(result.events(), result.at());
        }
        return window.with(result.events(), result.at()[0], result.at()[1]);
    }
}
