package dev.cyclecast.model.edit;

import static dev.cyclecast.model.edit.Proposals.events;
import static dev.cyclecast.model.edit.Proposals.load;
import static dev.cyclecast.model.edit.Proposals.proposal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.model.Code;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.model.Placement;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.TraceSource;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Edits on a program whose instructions per operation are known: what is left is known too. */
class EditTest {
    private static final int OPERATIONS = 400;
    private static final int EXECUTED = OPERATIONS + OPERATIONS / 10;

    private static Events edited(TraceSource trace, Proposal proposal) {
        Events events = events(trace);
        return new Editor(proposal, trace, Code.of(trace.image()), events).apply(events);
    }

    /** Instructions saved in each of the operations. */
    private static double saved(TraceSource trace, Proposal proposal) {
        return (events(trace).size() - edited(trace, proposal).size()) / (double) EXECUTED;
    }

    private static TraceSource gated() {
        return new GatedProgram(OPERATIONS, "", false).trace();
    }

    @Test
    void theProgramExecutesWhatItSays() {
        long ones = 0;
        Events events = events(gated());
        TraceSource trace = gated();
        for (int e = 0; e < events.size(); e++) {
            ones += trace.image().instructions().get(events.instruction(e)).mnemonic().equals("sub") ? 1 : 0;
        }
        assertEquals(EXECUTED * GatedProgram.BASE_INSTRUCTIONS + 2 * ones, events.size());
    }

    @Test
    void removeTakesReadTestsAndBranches() {
        // load, cmp, jcc, test, jcc
        assertEquals(5, saved(gated(), proposal("{\"verb\": \"remove\", \"reads\": [\"g_inline\"]}")));
    }

    @Test
    void removeTakesACallOfAGateFunctionWhole() {
        // call, load, cmp, jcc, ret; test, jcc
        assertEquals(7, saved(gated(), proposal("{\"verb\": \"remove\", \"reads\": [\"g_called\"]}")));
    }

    @Test
    void coalesceLeavesOneTestForEachUseAndOneForTheSnapshot() {
        // In line: load, cmp, jcc, test become cmp: 3 saved. Called: call, load, cmp, jcc, ret, test become cmp: 5 saved.
        // The snapshot's own test costs 2.
        assertEquals(6, saved(gated(), proposal(
                "{\"verb\": \"coalesce\", \"gates\": [\"g_inline\", \"g_called\"], \"unset\": -1}")));
    }

    @Test
    void coalesceKeepsTheFlowOfBranches() {
        TraceSource trace = gated();
        Events events = events(trace);
        Code base = Code.of(trace.image());
        Editor editor = new Editor(proposal(
                "{\"verb\": \"coalesce\", \"gates\": [\"g_inline\", \"g_called\"], \"unset\": -1}"), trace, base, events);
        Events edited = editor.apply(events);
        Code code = editor.code();
        for (int e = 0; e + 1 < edited.size(); e++) {
            int s = edited.instruction(e);
            Flow flow = code.instruction(s).flow();
            if (flow == Flow.NEXT) {
                assertEquals(code.successor(s), edited.instruction(e + 1), "falls through: " + code.instruction(s));
            }
        }
    }

    @Test
    void specialiseClonesForEachValueAndFoldsTheKey() {
        TraceSource trace = gated();
        Events events = events(trace);
        Code base = Code.of(trace.image());
        Editor editor = new Editor(proposal("{\"verb\": \"specialise\", \"function\": \"malloc\", \"with\": [], "
                + "\"key\": \"table\", \"settled\": [\"g_inline\"], \"dispatch\": \"jump-table\"}"), trace, base, events);
        Events edited = editor.apply(events);
        // Saved: the key's cmp and jcc, the settled gate's five; spent: six of the dispatch.
        assertEquals((2 + 5 - 6) * EXECUTED, events.size() - edited.size());
        Set<String> names = new HashSet<>();
        editor.code().bodies().forEach(b -> names.add(b.name()));
        assertTrue(names.containsAll(Set.of("malloc", "malloc.0", "malloc.1")), names.toString());
        Set<Long> places = new HashSet<>();
        long[] address = Placement.drawn(editor.code(), 3).addresses();
        for (Code.Body body : editor.code().bodies()) {
            for (int s : body.instructions()) {
                assertTrue(places.add(address[s]), "two instructions at one address");
            }
        }
    }

    @Test
    void anEmptyProposalChangesNothing() {
        TraceSource trace = gated();
        Events before = events(trace);
        Events after = edited(trace, proposal(""));
        assertEquals(before.size(), after.size());
        for (int e = 0; e < before.size(); e++) {
            assertEquals(before.instruction(e), after.instruction(e));
        }
    }

    @Test
    void removedCodeMovesWhatFollowsIt() {
        TraceSource trace = gated();
        Code base = Code.of(trace.image());
        Code edited = new Editor(proposal("{\"verb\": \"remove\", \"reads\": [\"g_inline\"]}"), trace, base, events(trace))
                .code();
        long[] before = Placement.recorded(base).addresses();
        long[] after = Placement.recorded(edited).addresses();
        int body = base.bodies().stream().map(Code.Body::name).toList().indexOf("malloc");
        int last = base.bodies().get(body).instructions().length - 1;
        int ret = base.bodies().get(body).instructions()[last];
        // Lengths: 8 + 3 + 2 + 2 + 2.
        assertEquals(17, before[ret] - after[ret]);
    }

    @Test
    void aValueThatIsUsedOtherwiseCannotBeRemoved() {
        TraceSource trace = new GatedProgram(OPERATIONS, "", true).trace();
        ModelException e = assertThrows(ModelException.class,
                () -> edited(trace, proposal("{\"verb\": \"remove\", \"reads\": [\"g_inline\"]}")));
        assertTrue(e.getMessage().contains("/edits/0") && e.getMessage().contains("used for more than a test"),
                e.getMessage());
    }

    @Test
    void aCoalescedValueThatIsUsedOtherwiseIsLoadedFromTheSnapshot() {
        TraceSource trace = new GatedProgram(OPERATIONS, "", true).trace();
        // The load becomes a load of a byte; the unset test goes (2); the snapshot's own test costs 2.
        assertEquals(0, saved(trace, proposal("{\"verb\": \"coalesce\", \"gates\": [\"g_inline\"], \"unset\": -1}")));
    }

    @Test
    void aProposalWhoseSitesAreAbsentFails() {
        ModelException unread = assertThrows(ModelException.class,
                () -> edited(gated(), proposal("{\"verb\": \"remove\", \"reads\": [\"g_unread\"]}")));
        assertTrue(unread.getMessage().contains("nothing in the trace reads g_unread"), unread.getMessage());
        ModelException unknown = assertThrows(ModelException.class,
                () -> edited(gated(), proposal("{\"verb\": \"remove\", \"reads\": [\"no_such\"]}")));
        assertTrue(unknown.getMessage().contains("no variable 'no_such'"), unknown.getMessage());
        ModelException function = assertThrows(ModelException.class, () -> edited(gated(),
                proposal("{\"verb\": \"remove\", \"reads\": [\"g_inline\"], \"in\": [\"nowhere\"]}")));
        assertTrue(function.getMessage().contains("no function 'nowhere'"), function.getMessage());
        ModelException base = assertThrows(ModelException.class, () -> edited(gated(), load("{\"id\": \"X\", \"title\": \"x\", "
                + "\"base\": \"baseline-d1\", \"edits\": [{\"verb\": \"remove\", \"reads\": [\"g_unread\"]}]}")));
        assertTrue(base.getMessage().contains("; the proposal starts from a trace of variant baseline-d1: make one with"), base.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{ | not valid JSON",
        "[] | not a JSON object",
        "{\"id\": 3, \"title\": \"x\", \"edits\": []} | /id",
        "{\"id\": \"x\", \"title\": \"x\", \"edits\": 7} | /edits",
        "{\"id\": \"x\", \"title\": \"x\", \"edits\": [], \"efort\": 1} | /efort",
        "{\"id\": \"x\", \"title\": \"x\", \"edits\": [{\"verb\": \"improve\"}]} | /edits/0/verb",
        "{\"id\": \"x\", \"title\": \"x\", \"edits\": [{\"verb\": \"remove\"}]} | /edits/0/reads",
        "{\"id\": \"x\", \"title\": \"x\", \"edits\": [{\"verb\": \"coalesce\", \"gates\": [\"a\"]}]} | /edits/0/unset",
        "{\"id\": \"x\", \"title\": \"x\", \"edits\": [], \"statedGain\": [3, 1]} | /statedGain",
        "{\"id\": \"x\", \"title\": \"x\", \"edits\": [], \"base\": 7} | /base",
    })
    void mistakesInAProposalAreNamedWithTheirPlace(String json, String expected) {
        ModelException e = assertThrows(ModelException.class, () -> load(json));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
        assertTrue(e.getMessage().contains("x.json"), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }
}
