package dev.cyclecast.model.edit;

import static dev.cyclecast.model.edit.Proposals.events;
import static dev.cyclecast.model.edit.Proposals.load;
import static dev.cyclecast.model.edit.Proposals.proposal;
import static dev.cyclecast.trace.Registers.RAX;
import static dev.cyclecast.trace.Registers.RBX;
import static dev.cyclecast.trace.Registers.RCX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.model.Code;
import dev.cyclecast.model.Constant;
import dev.cyclecast.model.Ablation;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.model.SyntheticTrace;
import dev.cyclecast.model.predict.Prediction;
import dev.cyclecast.model.predict.Predictor;
import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.TraceSource;
import dev.cyclecast.trace.Variable.Storage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The verbs that change where code and data lie: an edited trace costs what the trace costs that was written so. */
class PlacesTest {
    private static final int OPERATIONS = 4000;
    private static final int WARM = 160;
    private static final long STACK = 0x5FFFF8;
    private static final long SLAB = 0x800000;
    private static final long THREAD_POINTER = 0x700000;
    private static final String INLINE = "{'verb': 'inline', 'function': 'f'}";

    /** What one operation executes. */
    private interface Operation {
        void run(SyntheticTrace trace, int number);
    }

    private static SyntheticTrace repeat(SyntheticTrace t, Operation operation) {
        for (int n = -WARM; n < OPERATIONS; n++) {
            if (n == 0) {
                t.count();
            }
            t.mark(EventBatch.BEGIN);
            operation.run(t, n + WARM);
            t.mark(EventBatch.END);
        }
        return t;
    }

    private static Prediction predict(TraceSource trace, String core, String edits) {
        return predict(trace, CoreProfile.load(core), edits);
    }

    private static Prediction predict(TraceSource trace, CoreProfile core, String edits) {
        return new Predictor(List.of(core), List.of(proposal(edits)),
                new Predictor.Options(1, 1, 1, 200, 400), x -> { })
                .predict(List.of(new Predictor.NamedTrace("synthetic", trace))).getFirst();
    }

    /** An edited program: its code and what it executes. */
    private record Edited(Code code, Events events) {
        static Edited of(TraceSource trace, String edits) {
            Events before = Proposals.events(trace);
            Editor editor = new Editor(proposal(edits), trace, Code.of(trace.image()), before);
            return new Edited(editor.code(), editor.apply(before));
        }

        /** Instructions executed in each operation. */
        double each() {
            return events.size() / (double) (OPERATIONS + WARM);
        }

        /** What is executed follows from where the code lies. */
        void flows() {
            assertEquals(Continuity.NONE, Continuity.firstBreak(code, events));
        }
    }

    /** A loop of adds that calls a function of a number of adds, in between; with none at all, the loop without the call. */
    private static SyntheticTrace calling(int inCallee, boolean called) {
        SyntheticTrace t = new SyntheticTrace();
        t.function("loop");
        int first = t.alu("add", RAX, RAX);
        long f = SyntheticTrace.CODE + 0x1000;
        int call = called ? t.call(f) : -1;
        int[] here = adds(t, called ? 0 : inCallee);
        int[] rest = {t.alu("add", RAX, RAX), t.jump(SyntheticTrace.CODE)};
        int[] callee = {};
        int ret = -1;
        if (called) {
            t.org(f).function("f");
            callee = adds(t, inCallee);
            ret = t.ret();
        }
        int[] body = callee;
        int back = ret;
        return repeat(t, (x, n) -> {
            x.run(first);
            if (called) {
                x.access(call, STACK).run(body).access(back, STACK);
            } else {
                x.run(here);
            }
            x.run(rest);
        });
    }

    private static int[] adds(SyntheticTrace t, int count) {
        int[] adds = new int[count];
        for (int k = 0; k < count; k++) {
            adds[k] = t.alu("add", RAX, RCX);
        }
        return adds;
    }

    @ParameterizedTest
    @CsvSource({"zen3, 0", "zen4, 0", "zen4, 1", "zen5, 7"})
    void anInlinedCallCostsWhatTheSameCodeCostsWithoutIt(String core, int inCallee) {
        Prediction inlined = predict(calling(inCallee, true), core, INLINE);
        Prediction written = predict(calling(inCallee, false), core, "");
        assertEquals(written.baseCyclesPerOperation(), inlined.editedCyclesPerOperation());
        // Seven adds in a chain hide the call.
        assertTrue(inlined.gainPercent() > 0 || inCallee == 7);
        Edited.of(calling(inCallee, true), INLINE).flows();
    }

    @Test
    void aFunctionOfWhichNoCallIsLeftIsGone() {
        Edited edited = Edited.of(calling(3, true), INLINE);
        assertEquals(List.of("loop"), edited.code().bodies().stream().map(Code.Body::name).toList());
        assertEquals(6, edited.each());
    }

    /**
     * A caller that jumps to the callee as its last act, having restored what the callee saves again; between them, a function
     * that the callee calls.
     */
    private static SyntheticTrace tailCall() {
        SyntheticTrace t = new SyntheticTrace();
        long f = SyntheticTrace.CODE + 0x100;
        t.function("loop");
        int[] loop = {t.call(SyntheticTrace.CODE + 0x40), t.jump(SyntheticTrace.CODE)};
        t.org(SyntheticTrace.CODE + 0x40).function("caller");
        int[] caller = {t.push(RBX), t.alu("add", RBX, RAX), t.pop(RBX), t.jump(f)};
        t.org(f).function("f");
        int[] callee = {t.push(RBX), t.call(f + 0x100), t.pop(RBX), t.ret()};
        t.org(f + 0x100).function("leaf");
        int[] leaf = {t.alu("add", RAX, RCX), t.ret()};
        return repeat(t, (x, n) -> x.access(loop[0], STACK).access(caller[0], STACK - 8).run(caller[1])
                .access(caller[2], STACK - 8).run(caller[3]).access(callee[0], STACK - 8).access(callee[1], STACK - 16)
                .run(leaf[0]).access(leaf[1], STACK - 16).access(callee[2], STACK - 8).access(callee[3], STACK).run(loop[1]));
    }

    @Test
    void aJumpToAFunctionIsACallThatNeedNotRestoreWhatIsSavedAgain() {
        Edited edited = Edited.of(tailCall(), INLINE);
        edited.flows();
        // Without: pop, jmp, push.
        assertEquals(12 - 3, edited.each());
    }

    @Test
    void inliningNests() {
        Edited edited = Edited.of(tailCall(), "{'verb': 'inline', 'function': 'leaf'}, " + INLINE
                + ", {'verb': 'inline', 'function': 'caller'}");
        edited.flows();
        assertEquals(List.of("loop"), edited.code().bodies().stream().map(Code.Body::name).toList());
        // What is left: push, add, add, pop, jmp; rbx is nobody's beyond the loop, but the trace does not show that.
        assertEquals(5, edited.each());
    }

    /** A function of which a part begins with the read of a variable; the part either goes on in the function or ends it. */
    private static SyntheticTrace parted(boolean goesOn) {
        SyntheticTrace t = new SyntheticTrace();
        int variable = t.variable("v", Storage.THREAD_LOCAL, -64, 4);
        t.function("loop");
        int[] loop = {t.call(SyntheticTrace.CODE + 0x40), t.jump(SyntheticTrace.CODE)};
        t.org(SyntheticTrace.CODE + 0x40).function("f");
        int[] head = {t.test(RCX), t.jcc(SyntheticTrace.CODE + 0x40 + 15)};
        int read = t.loadThreadLocal(RAX, -64, 4, variable);
        int[] part = {t.alu("add", RAX, RCX)};
        int end = goesOn ? -1 : t.ret();
        int[] rest = {t.alu("add", RCX, RAX)};
        int ret = t.ret();
        assertEquals(t.address(rest[0]), SyntheticTrace.CODE + 0x40 + (goesOn ? 15 : 16));
        return repeat(t, (x, n) -> {
            x.access(loop[0], STACK).run(head);
            boolean into = n % 2 == 0;
            if (into) {
                x.access(read, THREAD_POINTER - 64).run(part);
            }
            if (into && !goesOn) {
                x.access(end, STACK);
            } else {
                x.run(rest).access(ret, STACK);
            }
            x.run(loop[1]);
        });
    }

    private static String outline(String more) {
        return "{'verb': 'outline', 'function': 'f', 'as': 'part', 'from': {'in': ['f'], 'reads': 'v'}" + more + "}";
    }

    @Test
    void outlinedCodeIsCalledWhereItGoesOnAndJumpedToWhereItEnds() {
        Edited called = Edited.of(parted(true), outline(""));
        called.flows();
        // Half of the operations: call, endbr64, ret.
        assertEquals(events(parted(true)).size() / (double) (OPERATIONS + WARM) + 3 * 0.5, called.each());
        Edited jumped = Edited.of(parted(false), outline(", 'cold': true"));
        jumped.flows();
        assertEquals(events(parted(false)).size() / (double) (OPERATIONS + WARM) + 2 * 0.5, jumped.each());
    }

    /** A part of a function that goes on in its tail, which lies behind the code of the other side. */
    private static SyntheticTrace sharingATail() {
        SyntheticTrace t = new SyntheticTrace();
        int variable = t.variable("v", Storage.THREAD_LOCAL, -64, 4);
        t.function("loop");
        int[] loop = {t.call(SyntheticTrace.CODE + 0x40), t.jump(SyntheticTrace.CODE)};
        t.org(SyntheticTrace.CODE + 0x40).function("f");
        int test = t.test(RCX);
        int choice = t.jcc(0);
        int read = t.loadThreadLocal(RAX, -64, 4, variable);
        int over = t.jump(0);
        int[] other = {t.alu("add", RCX, RAX), t.alu("add", RCX, RAX)};
        int[] tail = {t.alu("add", RAX, RCX)};
        int ret = t.ret();
        return repeat(t, (x, n) -> {
            x.access(loop[0], STACK).run(test, choice);
            if (n % 2 == 0) {
                x.access(read, THREAD_POINTER - 64).run(over);
            } else {
                x.run(other);
            }
            x.run(tail).access(ret, STACK).run(loop[1]);
        });
    }

    @Property(tries = 50)
    void anInstructionLeftOutIsABreak(@ForAll @IntRange(min = 1, max = 60) int gone) {
        SyntheticTrace trace = sharingATail();
        Code code = Code.of(trace.image());
        Events all = events(trace);
        assertEquals(Continuity.NONE, Continuity.firstBreak(code, all));
        Events fewer = new Events(all.size());
        for (int e = 0; e < all.size(); e++) {
            if (e != gone) {
                fewer.add(all.instruction(e), 0, 0, 0);
            }
        }
        Flow before = code.instruction(all.instruction(gone - 1)).flow();
        // Behind a branch nothing says where it led.
        if (before == Flow.NEXT) {
            assertEquals(gone - 1, Continuity.firstBreak(code, fewer));
        }
    }

    @Test
    void outlinedCodeReturnsBehindItsCallAndIsFollowedByAJumpToWhereTheFunctionGoesOn() {
        Edited edited = Edited.of(sharingATail(), outline(""));
        edited.flows();
        // In half of the operations: call, endbr64, ret and the jump behind the call.
        assertEquals(events(sharingATail()).size() / (double) (OPERATIONS + WARM) + 4 * 0.5, edited.each());
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void inliningWhatWasOutlinedRestoresTheTiming(String core) {
        String there = outline("");
        Prediction back = predict(parted(true), core, there + ", {'verb': 'inline', 'function': 'part'}");
        assertEquals(back.baseCyclesPerOperation(), back.editedCyclesPerOperation());
        Prediction out = predict(parted(true), core, there);
        assertTrue(out.editedCyclesPerOperation() > out.baseCyclesPerOperation());
    }

    /** Operations of {@code tests} tests whose rare side was never executed; it lies behind the function, or in between. */
    private static SyntheticTrace tested(int tests, boolean common) {
        int rare = 20;
        SyntheticTrace t = new SyntheticTrace();
        t.function("f");
        int[] all = new int[3 * tests];
        for (int k = 0; k < tests; k++) {
            all[3 * k] = t.test(RAX);
            long behind = t.address(all[3 * k]) + 4;
            all[3 * k + 1] = t.jcc(common ? behind + rare : behind + 3 * (tests - k) + 4 * (tests - k - 1) + 5 + rare * k);
            if (common) {
                t.org(behind + rare);
            }
            all[3 * k + 2] = t.alu("add", RAX, RCX);
        }
        int over = common ? -1 : t.jump(0);
        if (!common) {
            t.org(t.address(over) + 5 + (long) rare * tests);
        }
        int back = t.jump(SyntheticTrace.CODE);
        return repeat(t, (x, n) -> {
            x.run(all);
            if (!common) {
                x.run(over);
            }
            x.run(back);
        });
    }

    @ParameterizedTest
    @CsvSource({"zen3, 1", "zen4, 1", "zen4, 4", "zen5, 6"})
    void theCommonSideOfReorderedBranchesCostsWhatTakenBranchesCost(String core, int tests) {
        String reorder = "{'verb': 'reorder', 'in': ['f'], 'hot': 'taken'}";
        Prediction edited = predict(tested(tests, false), core, reorder);
        Prediction written = predict(tested(tests, true), core, "");
        // The ends of both lie in other places of their lines: a cycle in all turns together.
        assertEquals(written.baseCyclesPerOperation(), edited.editedCyclesPerOperation(), 0.04);
        Edited program = Edited.of(tested(tests, false), reorder);
        program.flows();
        assertEquals(tests + 1, taken(program));
    }

    @Test
    void reorderedBranchesCanBeReorderedBack() {
        String there = "{'verb': 'reorder', 'in': ['f'], 'hot': 'taken'}";
        Edited back = Edited.of(tested(3, false), there + ", " + there.replace("'taken'", "'falls-through'"));
        back.flows();
        assertEquals(1, taken(back));
    }

    private static double taken(Edited program) {
        int taken = 0;
        for (int e = 0; e + 1 < program.events().size(); e++) {
            int s = program.events().instruction(e);
            taken += program.code().instruction(s).flow().isBranch()
                    && program.events().instruction(e + 1) != program.code().successor(s) ? 1 : 0;
        }
        return Math.round(taken / (double) (OPERATIONS + WARM));
    }

    @Test
    void codeThatWasNeverExecutedMovesAwayWithoutTheRestChanging() {
        Edited edited = Edited.of(tested(2, true), "{'verb': 'outline', 'function': 'f', 'as': 'f.rare', 'never': true, 'cold': true}");
        edited.flows();
        assertEquals(1, taken(edited));
        assertEquals(40, edited.code().bodies().getLast().tail());
    }

    /** Objects of a slab are loaded in turn, each load waiting for the one before. */
    private static SyntheticTrace objects(int count, long stride, long offset) {
        SyntheticTrace t = new SyntheticTrace();
        t.function("f");
        int load = t.load(RAX, RAX, 0, 8);
        int back = t.jump(SyntheticTrace.CODE);
        return repeat(t, (x, n) -> x.access(load, SLAB + offset + n % count * stride).run(back));
    }

    private static String relocate(long bytes, long stride) {
        return "{'verb': 'relocate', 'objects': {'in': ['f'], 'load': {'bytes': 8}}, 'bytes': " + bytes + ", 'stride': " + stride
                + ", 'slab': 65536}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4"})
    void objectsThatNoLongerShareSetsNoLongerMiss(String core) {
        CoreProfile profile = Ablation.NO_PREFETCHERS.of(CoreProfile.load(core));
        int sets = profile.get(Constant.L1D_KIB) * 16 / profile.get(Constant.L1D_WAYS);
        int conflicting = 24;
        assertTrue(conflicting > profile.get(Constant.L1D_WAYS) * sets * 64 / 2048, "more than the two sets hold");
        Prediction edited = predict(objects(conflicting, 2048, 64), profile, relocate(2048, 2112));
        assertEquals(profile.get(Constant.L2_LATENCY) - profile.get(Constant.L1D_LATENCY),
                edited.baseCyclesPerOperation() - edited.editedCyclesPerOperation(), 0.01);
        Prediction written = predict(objects(conflicting, 2112, 64), profile, "");
        assertEquals(written.baseCyclesPerOperation(), edited.editedCyclesPerOperation(), 0.01);
    }

    @Property(tries = 20)
    void theSameStrideIsAControl(@ForAll @IntRange(min = 4, max = 11) int bits, @ForAll @IntRange(min = 1, max = 30) int count) {
        Prediction edited = predict(objects(count, 1L << bits, 8), "zen4", relocate(1L << bits, 1L << bits));
        assertEquals(0.0, edited.gainPercent());
    }

    @Property(tries = 30)
    void movedObjectsDoNotOverlap(@ForAll @IntRange(min = 16, max = 4096) int bytes, @ForAll @IntRange(min = 0, max = 4096) int more,
                                  @ForAll @IntRange(min = 1, max = 15) int count) {
        TraceSource trace = objects(count, bytes, 8);
        Events before = events(trace);
        Events after = Edited.of(trace, relocate(bytes, bytes + more)).events();
        Map<Long, Long> owner = new HashMap<>();
        for (int e = 0; e < before.size(); e++) {
            if (before.address0(e) != 0) {
                assertEquals(before.address0(e), owner.computeIfAbsent(after.address0(e), k -> beforeOf(before, after, k)));
            }
        }
        assertEquals(Math.min(count, owner.size()), owner.size());
        long first = after.address0(0);
        long rank = (before.address0(0) - SLAB - 8) / bytes;
        for (int e = 0; e < before.size(); e++) {
            if (before.address0(e) != 0) {
                assertEquals(first + ((before.address0(e) - SLAB - 8) / bytes - rank) * (bytes + more), after.address0(e));
            }
        }
    }

    @Test
    void objectsAcrossTheEndOfASlabAreRefused() {
        ModelException e = assertThrows(ModelException.class,
                () -> Edited.of(objects(16, 4096, 8), relocate(4096, 4160)));
        assertTrue(e.getMessage().contains("are no objects 4096 bytes apart in slabs of 65536"), e.getMessage());
    }

    private static long beforeOf(Events before, Events after, long address) {
        int e = 0;
        while (after.address0(e) != address) {
            e++;
        }
        return before.address0(e);
    }

    @Test
    void variablesMoveToLinesOfTheirOwnAndAreFoundThere() {
        TraceSource trace = new GatedProgram(OPERATIONS, "", false).trace();
        String move = "{'verb': 'relocate', 'variables': ['g_inline', 'g_called'], 'spacing': 64}";
        Events after = Edited.of(trace, move).events();
        Events before = events(trace);
        long inline = 0;
        long called = 0;
        for (int e = 0; e < before.size(); e++) {
            inline = before.address0(e) == THREAD_POINTER - 64 ? after.address0(e) : inline;
            called = before.address0(e) == THREAD_POINTER - 60 ? after.address0(e) : called;
            assertTrue(before.address0(e) == after.address0(e) || before.address0(e) < THREAD_POINTER
                    && before.address0(e) >= THREAD_POINTER - 64);
        }
        assertEquals(64, called - inline);
        assertEquals(0, inline % 64);
        assertTrue(called < THREAD_POINTER - 64);
        String remove = "{'verb': 'remove', 'reads': ['g_inline']}";
        assertEquals(Edited.of(trace, remove).events().size(), Edited.of(trace, move + ", " + remove).events().size());
    }

    @Test
    void whatCannotBeMovedIsRefused() {
        refused(calling(1, true), "{'verb': 'inline', 'function': 'nowhere'}", "no function 'nowhere'");
        refused(calling(1, true), "{'verb': 'inline', 'function': 'loop'}", "nothing in the trace calls loop");
        refused(calling(1, true), "{'verb': 'inline', 'function': 'f', 'in': ['f']}", "nothing in the trace calls f in f");
        refused(parted(true), "{'verb': 'outline', 'function': 'f', 'as': 'p', 'behind': {'in': ['f'], 'mnemonic': 'ret'}}",
                "is executed elsewhere too");
        refused(calling(1, true), "{'verb': 'outline', 'function': 'f', 'as': 'p', 'never': true}", "executes all of f");
        refused(calling(1, true), "{'verb': 'reorder', 'in': ['f'], 'hot': 'taken'}", "no branch of f");
        refused(objects(9, 2048, 8), relocate(1024 + 8, 4096), "are no objects 1032 bytes apart");
        refused(new GatedProgram(OPERATIONS, "", false).trace(),
                "{'verb': 'relocate', 'variables': ['g_unread'], 'spacing': 64}", "nothing in the trace accesses g_unread");
        refused(recursive(), INLINE, "calls itself");
    }

    private static SyntheticTrace recursive() {
        SyntheticTrace t = new SyntheticTrace();
        t.function("loop");
        int[] loop = {t.call(SyntheticTrace.CODE + 0x40), t.jump(SyntheticTrace.CODE)};
        t.org(SyntheticTrace.CODE + 0x40).function("f");
        int[] f = {t.test(RAX), t.jcc(SyntheticTrace.CODE + 0x40 + 9), t.call(SyntheticTrace.CODE + 0x40), t.ret()};
        return repeat(t, (x, n) -> x.access(loop[0], STACK).run(f[0], f[1]).access(f[2], STACK - 8).run(f[0], f[1])
                .access(f[3], STACK - 8).access(f[3], STACK).run(loop[1]));
    }

    private static void refused(TraceSource trace, String edits, String expected) {
        ModelException e = assertThrows(ModelException.class, () -> Edited.of(trace, edits));
        assertTrue(e.getMessage().contains("/edits/0") && e.getMessage().contains(expected), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{'verb': 'inline'} | /edits/0/function",
        "{'verb': 'inline', 'function': 'f', 'in': 7} | /edits/0/in",
        "{'verb': 'outline', 'function': 'f', 'as': 'g'} | /edits/0: give one of from, behind",
        "{'verb': 'outline', 'function': 'f', 'as': 'g', 'never': 1} | /edits/0/never",
        "{'verb': 'outline', 'function': 'f', 'as': 'g', 'from': {}} | /edits/0/from",
        "{'verb': 'reorder', 'in': ['f'], 'hot': 'cold'} | /edits/0/hot",
        "{'verb': 'reorder', 'hot': 'taken'} | /edits/0/in",
        "{'verb': 'relocate', 'variables': ['v'], 'spacing': 3} | /edits/0/spacing",
        "{'verb': 'relocate', 'variables': ['v']} | /edits/0/spacing",
        "{'verb': 'relocate', 'objects': {'reads': 'v'}, 'bytes': 64, 'stride': 32, 'slab': 4096} | /edits/0/stride",
        "{'verb': 'relocate', 'objects': {'reads': 'v'}, 'bytes': 64, 'stride': 64, 'slab': 100} | /edits/0/slab",
        "{'verb': 'relocate', 'objects': {'reads': 'v'}, 'bytes': -1, 'stride': 64, 'slab': 4096} | /edits/0/bytes",
        "{'verb': 'relocate', 'objects': 7, 'bytes': 64, 'stride': 64, 'slab': 4096} | /edits/0/objects",
    })
    void mistakesAreNamedWithTheirPlace(String edit, String expected) {
        ModelException e = assertThrows(ModelException.class, () -> proposal(edit));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }
}
