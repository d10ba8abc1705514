package dev.cyclecast.model.edit;

import static dev.cyclecast.model.edit.Proposals.events;
import static dev.cyclecast.model.edit.Proposals.load;
import static dev.cyclecast.model.edit.Proposals.proposal;
import static dev.cyclecast.trace.Registers.RAX;
import static dev.cyclecast.trace.Registers.RBX;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.model.Code;
import dev.cyclecast.model.Ablation;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.model.SyntheticTrace;
import dev.cyclecast.model.predict.Prediction;
import dev.cyclecast.model.predict.Predictor;
import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.TraceSource;
import dev.cyclecast.trace.Variable.Storage;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The verbs insert and replace: what given code costs has a closed form, and what cannot be is refused. */
class GivenCodeTest {
    private static final int OPERATIONS = 1600;
    private static final int CHAIN = 40;

    /** One operation: a load that waits for the last one, and a chain of adds behind it; {@code lines} lines are loaded in turn. */
    private static SyntheticTrace chase(int lines) {
        SyntheticTrace t = new SyntheticTrace();
        t.variable("g", Storage.GLOBAL, 0x600000, 64);
        t.variable("t", Storage.THREAD_LOCAL, -64, 8);
        t.function("f");
        int load = t.load(RAX, RAX, 8, 8);
        int[] adds = new int[CHAIN];
        for (int k = 0; k < CHAIN; k++) {
            adds[k] = t.alu("add", RAX, RAX);
        }
        int back = t.jump(SyntheticTrace.CODE);
        for (int n = -Math.max(lines, OPERATIONS / 10); n < OPERATIONS; n++) {
            if (n == 0) {
                t.count();
            }
            t.mark(EventBatch.BEGIN);
            t.access(load, 0x800000 + Math.floorMod(n, lines) * 64L).run(adds).run(back);
            t.mark(EventBatch.END);
        }
        return t;
    }

    /** What an edit costs in cycles per operation. */
    private static double cost(TraceSource trace, String core, String edits) {
        return cost(trace, CoreProfile.load(core), edits);
    }

    private static double cost(TraceSource trace, CoreProfile core, String edits) {
        Prediction p = new Predictor(List.of(core), List.of(proposal(edits)),
                new Predictor.Options(1, 1, 1, 1000, 4000), x -> { })
                .predict(List.of(new Predictor.NamedTrace("synthetic", trace))).getFirst();
        return p.editedCyclesPerOperation() - p.baseCyclesPerOperation();
    }

    private static double constant(String core, String name) {
        return CoreProfile.load(core).get(dev.cyclecast.model.Constant.valueOf(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void aLoadBeforeADependentUseCostsLoadToUse(String core) {
        assertEquals(constant(core, "L1D_LATENCY"), cost(chase(1), core, "{'verb': 'insert', 'after': {'in': ['f'], 'load': {}},"
                + "'code': [{'asm': 'mov value, [value + 8]', 'address': {'of': 'site'}}]}"), 0.01);
    }

    @ParameterizedTest
    @CsvSource({"zen3,1", "zen4,4", "zen4,7", "zen5,3"})
    void aLoadReplacedByDependentOperationsCostsTheirNumber(String core, int operations) {
        String code = "'lea value, [value + 1]'" + ", 'add value, 1'".repeat(operations - 1);
        assertEquals(operations - constant(core, "L1D_LATENCY"), cost(chase(1), core,
                "{'verb': 'replace', 'select': {'in': ['f'], 'load': {'bytes': 8, 'displacement': 8}}, 'by': [" + code + "]}"), 0.01);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void aBranchThatIsNeverTakenIsFreeBesideALongChain(String core) {
        assertEquals(0, cost(chase(1), core, "{'verb': 'insert', 'before': {'in': ['f'], 'load': {}},"
                + "'code': ['cmp dword ptr fs:[t], -1', 'jz cold']}"), 0.01);
    }

    @Test
    void independentInstructionsCostTheirDispatchSlots() {
        SyntheticTrace t = new SyntheticTrace();
        t.function("f");
        int[] nops = new int[59];
        for (int k = 0; k < nops.length; k++) {
            nops[k] = t.nop(4);
        }
        int back = t.jump(SyntheticTrace.CODE);
        for (int n = -OPERATIONS / 10; n < OPERATIONS; n++) {
            if (n == 0) {
                t.count();
            }
            t.mark(EventBatch.BEGIN).run(nops).run(back).mark(EventBatch.END);
        }
        double width = constant("zen3", "DISPATCH_WIDTH");
        assertEquals(12 / width, cost(t, "zen3", "{'verb': 'insert', 'before': {'in': ['f'], 'mnemonic': 'jmp'}, 'code': ["
                + "'nop'" + ", 'nop'".repeat(11) + "]}"), 0.05);
    }

    @Test
    void aPrefetchOfTheNextAccessHidesTheSecondLevel() {
        // The lines come in order, which the core would see as well. 640 of them: 40 KiB, ten in each set: in L2 but not in L1D; the chain behind a load is longer than the way to L2.
        double hidden = constant("zen4", "L2_LATENCY") - constant("zen4", "L1D_LATENCY");
        assertEquals(-hidden, cost(chase(640), Ablation.NO_PREFETCHERS.of(CoreProfile.load("zen4")), "{'verb': 'insert', 'after': {'in': ['f'], 'load': {}}, 'code': "
                + "[{'asm': 'prefetcht0 [scratch0]', 'address': {'of': 'next', 'site': {'in': ['f'], 'load': {}}}}]}"), 0.5);
    }

    @Test
    void insertingNothingIsAControl() {
        assertEquals(0, cost(chase(3), "zen4", "{'verb': 'insert', 'before': {'in': ['f'], 'load': {}}, 'code': []}"), 0);
    }

    private static Editor editor(TraceSource trace, String edits) {
        return new Editor(proposal(edits), trace, Code.of(trace.image()), events(trace));
    }

    private static Events edited(TraceSource trace, String edits) {
        Events events = events(trace);
        return editor(trace, edits).apply(events);
    }

    private static TraceSource gated() {
        return new GatedProgram(300, "", false).trace();
    }

    private static int[] numbers(Events events) {
        int[] numbers = new int[events.size()];
        for (int e = 0; e < numbers.length; e++) {
            numbers[e] = events.instruction(e);
        }
        return numbers;
    }

    /** Addresses that the last instruction of a code accesses, in order. */
    private static List<Long> added(TraceSource trace, String edits) {
        Events events = edited(trace, edits);
        int number = editor(trace, edits).code().size() - 1;
        List<Long> addresses = new ArrayList<>();
        for (int e = 0; e < events.size(); e++) {
            if (events.instruction(e) == number) {
                addresses.add(events.address0(e));
            }
        }
        return addresses;
    }

    @Property(tries = 60)
    void whatIsInsertedAndReplacedByNothingWasNeverThere(@ForAll @IntRange(min = 1, max = 3) int nth,
            @ForAll @IntRange(max = 4) int more, @ForAll boolean behind, @ForAll @IntRange(max = 3) int kind) {
        String mnemonic = List.of("mov", "test", "cmp", "nop").get(kind);
        boolean call = nth == 3 && behind;
        String place = call ? "{'in': ['malloc'], 'calls': 'gate'}" : "{'in': ['malloc'], 'mnemonic': '" + mnemonic + "', 'nth': "
                + (mnemonic.equals("mov") || mnemonic.equals("nop") ? Math.min(nth, 2) : 1) + "}";
        String code = "'shlx scratch1, scratch0, scratch0'" + ", 'shlx scratch1, scratch1, scratch0'".repeat(more);
        String insert = "{'verb': 'insert', '" + (behind ? "after" : "before") + "': " + place + ", 'code': [" + code + "]}";
        String remove = "{'verb': 'replace', 'select': {'in': ['malloc'], 'mnemonic': 'shlx'}, 'by': []}";
        int[] before = numbers(events(gated()));
        assertArrayEquals(before, numbers(edited(gated(), insert + "," + remove)));
        assertEquals(before.length + 330 * (1 + more), edited(gated(), insert).size());
    }

    @Test
    void codeBehindACallIsExecutedWhenItReturns() {
        TraceSource trace = gated();
        String edit = "{'verb': 'insert', 'after': {'calls': 'gate'}, 'code': ['nop']}";
        Events events = edited(trace, edit);
        Code code = editor(trace, edit).code();
        for (int e = 1; e < events.size(); e++) {
            if (events.instruction(e) == code.size() - 1) {
                assertEquals("ret", code.instruction(events.instruction(e - 1)).mnemonic());
                assertEquals("test", code.instruction(events.instruction(e + 1)).mnemonic());
            }
        }
        assertEquals(330, added(trace, edit).size());
    }

    @Test
    void aReplacedCallGoesWithWhatItExecutes() {
        // call, load, cmp, jcc, ret become one load; its value is tested by what follows.
        TraceSource trace = gated();
        assertEquals(4 * 330, events(trace).size() - edited(trace,
                "{'verb': 'replace', 'select': {'calls': 'gate'}, 'by': ['mov eax, fs:[g_called]']}").size());
    }

    @Test
    void aRunGoesFromItsHeadToItsEnd() {
        // load, cmp, jcc, test of the gate in line
        TraceSource trace = gated();
        String run = "{'verb': 'replace', 'select': {'in': ['malloc'], 'reads': 'g_inline'}, 'through': {'in': ['malloc'], "
                + "'mnemonic': 'test'}, 'by': ['cmp dword ptr fs:[g_inline], 0']}";
        assertEquals(3 * 330, events(trace).size() - edited(trace, run).size());
        assertEquals(GatedProgram.THREAD_POINTER - 64, added(trace, run).getFirst());
    }

    @Test
    void addressesAreThoseThatAreDeclared() {
        TraceSource trace = gated();
        String load = "{'verb': 'insert', 'before': {'in': ['malloc'], 'reads': 'table'}, 'variables': {'fresh': 8}, 'code': [";
        List<Long> table = new ArrayList<>();
        Events events = events(trace);
        Code code = Code.of(trace.image());
        for (int e = 0; e < events.size(); e++) {
            if (code.instruction(events.instruction(e)).memory().stream().anyMatch(m -> m.base() == RBX && m.read())) {
                table.add(events.address0(e));
            }
        }
        assertEquals(table.stream().map(a -> a + 4).toList(), added(trace, load
                + "{'asm': 'mov scratch0, [address]', 'address': {'of': 'site', 'plus': 4}}]}"));
        List<Long> next = added(trace, load + "{'asm': 'prefetchw [address]', 'address': {'of': 'next', 'ahead': 2, "
                + "'site': {'in': ['malloc'], 'reads': 'table'}}}]}");
        assertEquals(table.subList(2, table.size()), next.subList(0, next.size() - 2));
        assertEquals(List.of(table.getLast(), table.getLast()), next.subList(next.size() - 2, next.size()));
        List<Long> last = added(trace, load + "{'asm': 'mov scratch0, [scratch1]', 'address': {'of': 'last', "
                + "'site': {'in': ['gate'], 'load': {'bytes': 4}}}}]}");
        assertEquals(GatedProgram.THREAD_POINTER - 60, last.getLast());
        assertEquals(0x400000L + 8, added(trace, load + "{'asm': 'mov scratch0, [scratch1]', 'address': {'of': 'variable', "
                + "'name': 'table', 'plus': 8}}]}").getFirst());
        assertEquals(GatedProgram.THREAD_POINTER - 72, added(trace, load + "'mov scratch0, fs:[fresh]']}").getFirst());
    }

    @Test
    void theNextAccessToTheSameObjectIsFoundByWhatComesBeforeIt() {
        SyntheticTrace t = new SyntheticTrace();
        t.function("f");
        int object = t.load(RAX, RBX, 0, 8);
        int data = t.load(RBX, RAX, 16, 8);
        int[] order = {0, 1, 1, 0, 2, 0, 1};
        for (int n = 0; n < order.length; n++) {
            t.access(object, 0x500000 + 64L * order[n]).access(data, 0x900000 + 64L * n);
        }
        // Behind the first load, the coming second load is that of this operation: the next operation's is two ahead.
        // Where there are fewer, it is the last of the object.
        assertEquals(lines(3, 2, 6, 5, 4, 5, 6),
                added(t, "{'verb': 'insert', 'after': {'load': {'displacement': 0}}, 'code': [{'asm': 'prefetcht0 [scratch0]', "
                        + "'address': {'of': 'next', 'ahead': 2, 'site': {'load': {'displacement': 16}}, "
                        + "'alike': {'load': {'displacement': 0}}}}]}"));
    }

    private static List<Long> lines(int... numbers) {
        return java.util.Arrays.stream(numbers).mapToObj(n -> 0x900000 + 64L * n).toList();
    }

    @Test
    void theNextAccessToANeighbourIsFoundByTheDistance() {
        SyntheticTrace t = new SyntheticTrace();
        t.function("f");
        int slot = t.load(RAX, RBX, 0, 8);
        int data = t.load(RBX, RAX, 16, 8);
        int[] order = {1, 0, 1, 2, 1, 0};
        for (int n = 0; n < order.length; n++) {
            t.access(slot, 0x500000 + 8L * order[n]).access(data, 0x900000 + 64L * n);
        }
        // What is below slot 1 is the next of slot 0; below slot 0 there is nothing: the last of all stands for it.
        assertEquals(lines(1, 5, 5, 4, 5, 5),
                added(t, "{'verb': 'insert', 'after': {'load': {'displacement': 0}}, 'code': [{'asm': 'prefetcht0 [scratch0]', "
                        + "'address': {'of': 'next', 'site': {'load': {'displacement': 16}}, "
                        + "'alike': {'load': {'displacement': 0}}, 'apart': -8}}]}"));
    }

    @Test
    void namesMeanNothing() {
        String edits = "{'verb': 'insert', 'after': {'in': ['%1$smalloc'], 'calls': '%1$sgate'}, 'code': ['mov scratch0d, fs:[%1$sg_unread]', "
                + "{'asm': 'mov scratch1, [scratch0]', 'address': {'of': 'next', 'site': {'reads': '%1$stable'}}}]},"
                + "{'verb': 'replace', 'select': {'in': ['%1$smalloc'], 'reads': '%1$sg_inline'}, 'by': ['mov valued, fs:[%1$sg_unread]']}";
        assertEquals(cost(new GatedProgram(2 * OPERATIONS, "", false).trace(), "zen4", edits.formatted("")),
                cost(new GatedProgram(2 * OPERATIONS, "other_", false).trace(), "zen4", edits.formatted("other_")), 0);
    }

    @Test
    void placesOfAFunctionAreSelected() {
        assertEquals(330, added(gated(), "{'verb': 'insert', 'before': {'in': ['gate'], 'at': 'entry'}, 'code': ['nop']}").size());
        assertEquals(330, added(gated(), "{'verb': 'insert', 'before': {'in': ['gate'], 'at': 'return'}, 'code': ['nop']}").size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{'verb': 'insert', 'code': []} | /edits/0: give either before or after",
        "{'verb': 'insert', 'before': {'in': ['malloc']}, 'code': []} | /edits/0/before: selects every instruction",
        "{'verb': 'insert', 'before': {'reads': 7}, 'code': []} | /edits/0/before/reads",
        "{'verb': 'insert', 'before': {'reads': 'table', 'nth': 0}, 'code': []} | /edits/0/before/nth",
        "{'verb': 'insert', 'before': {'reads': 'table', 'beside': 1}, 'code': []} | /edits/0/before/beside",
        "{'verb': 'insert', 'before': {'at': 'middle'}, 'code': []} | /edits/0/before/at",
        "{'verb': 'insert', 'before': {'load': 8}, 'code': []} | /edits/0/before/load",
        "{'verb': 'insert', 'before': {'reads': 'table'}} | /edits/0/code",
        "{'verb': 'insert', 'before': {'reads': 'table'}, 'code': ['mov eax']} | /edits/0/code/0: mov does not take",
        "{'verb': 'insert', 'before': {'reads': 'table'}, 'code': ['nop', 'leap eax']} | /edits/0/code/1: unknown instruction 'leap'",
        "{'verb': 'insert', 'before': {'reads': 'table'}, 'code': ['mov eax, [rax]']} | /edits/0/code/0: declare",
        "{'verb': 'insert', 'before': {'reads': 'table'}, 'code': [{'asm': 'nop', 'address': {'of': 'site'}}]} | /edits/0/code/0/address: the text",
        "{'verb': 'insert', 'before': {'reads': 'table'}, 'code': [{'asm': 'mov eax, [rax]', 'address': {'of': 'site', 'name': 'x'}}]} | /address/name",
        "{'verb': 'insert', 'before': {'reads': 'table'}, 'code': [{'asm': 'mov eax, [rax]', 'address': {'of': 'past'}}]} | /address/of",
        "{'verb': 'insert', 'before': {'reads': 'table'}, 'code': [{'asm': 'mov eax, [rax]', 'address': {'of': 'next'}}]} | /edits/0/code/0/address/site",
        "{'verb': 'insert', 'before': {'reads': 'table'}, 'code': [], 'variables': {'v': 0}} | /edits/0/variables/v",
        "{'verb': 'replace', 'by': []} | /edits/0/select",
        "{'verb': 'replace', 'select': {'reads': 'table'}} | /edits/0/by",
    })
    void mistakesAreNamedWithTheirPlace(String edit, String expected) {
        assertRefused(() -> proposal(edit), expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{'verb': 'insert', 'before': {'reads': 'none'}, 'code': []} | no variable 'none'",
        "{'verb': 'insert', 'before': {'in': ['gate'], 'reads': 'table'}, 'code': []} | /edits/0/before: selects nothing",
        "{'verb': 'insert', 'before': {'reads': 'table'}, 'code': ['mov eax, 1']} | writes rax,",
        "{'verb': 'insert', 'before': {'reads': 'table'}, 'code': ['mov eax, fs:[none]']} | no variable 'none'",
        "{'verb': 'insert', 'before': {'in': ['malloc'], 'mnemonic': 'jz', 'nth': 1}, 'code': ['add scratch0, 1']} | changes the flags",
        "{'verb': 'insert', 'after': {'in': ['malloc'], 'mnemonic': 'jz'}, 'code': []} | behind a branch",
        "{'verb': 'insert', 'before': {'reads': 'table'}, 'code': [], 'variables': {'table': 8}} | /edits/0/variables/table",
        "{'verb': 'replace', 'select': {'in': ['malloc'], 'reads': 'g_inline'}, 'by': []} | does not give the value",
        "{'verb': 'replace', 'select': {'in': ['malloc'], 'reads': 'g_inline'}, 'by': ['mov eax, 1', 'mov ebx, 1']} | writes rbx,",
        "{'verb': 'replace', 'select': {'in': ['malloc'], 'reads': 'g_inline'}, 'through': {'in': ['malloc'], 'reads': 'table'}, 'by': []} | /edits/0/through",
        "{'verb': 'replace', 'select': {'in': ['malloc'], 'mnemonic': 'cmp', 'nth': 2}, 'through': {'in': ['malloc'], 'mnemonic': 'add'}, 'by': ['lea rbx, [rbx + 1]']} | left by a branch",
        "{'verb': 'replace', 'select': {'in': ['malloc'], 'mnemonic': 'sub'}, 'through': {'in': ['malloc'], 'mnemonic': 'nop', 'nth': 1}, 'by': ['lea rbx, [rbx + 1]']} | entered in its middle",
    })
    void whatCannotBeDoneIsRefused(String edit, String expected) {
        assertRefused(() -> editor(gated(), edit), expected);
    }

    private static void assertRefused(Runnable what, String expected) {
        ModelException e = assertThrows(ModelException.class, what::run);
        assertTrue(e.getMessage().contains(expected), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }
}
