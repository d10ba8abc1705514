package dev.cyclecast.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.ProgramImage;
import dev.cyclecast.trace.TraceHeader;
import dev.cyclecast.trace.TraceSource;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;

/** What holds in every replay: accounts balance, and neither how a trace is cut nor other threads change a figure. */
class ReplayInvariantsTest {
    @Provide
    Arbitrary<RandomProgram> programs() {
        return RandomProgram.any(25);
    }

    @Provide
    Arbitrary<RandomProfile> profiles() {
        return RandomProfile.any(4);
    }

    /** A trace that hands out its events a few at a time. */
    private record Cut(TraceSource whole, Random random, int most) implements TraceSource {
        @Override
        public TraceHeader header() {
            return whole.header();
        }

        @Override
        public ProgramImage image() {
            return whole.image();
        }

        @Override
        public Cursor cursor() {
            Cursor cursor = whole.cursor();
            return new Cursor() {
                @Override
                public boolean read(EventBatch batch) {
                    EventBatch part = new EventBatch(1 + random.nextInt(most));
                    boolean more = cursor.read(part);
                    batch.clear();
                    int mark = 0;
                    for (int e = 0; e <= part.size; e++) {
                        for (; mark < part.marks && part.markAt[mark] == e; mark++) {
                            batch.mark(part.markKind[mark], part.markValue[mark]);
                        }
                        if (e < part.size) {
                            batch.add(part.instruction[e], part.address0[e], part.address1[e], part.value[e]);
                        }
                    }
                    return more;
                }

                @Override
                public void close() {
                    cursor.close();
                }
            };
        }
    }

    private static ReplayReport timeless(ReplayReport r) {
        return new ReplayReport(r.core(), r.cycles(), r.instructions(), r.operations(), r.cyclesPerOperation(), r.ipc(), 0, r.rates(),
                r.causes(), r.functions(), r.byOperation(), r.sites(), r.defaulted(), r.unknownForms(), r.bound());
    }

    @Property(tries = 400, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void howATraceIsCutChangesNothing(@ForAll("programs") RandomProgram program, @ForAll("profiles") RandomProfile random,
            @ForAll @IntRange(min = 1, max = 50) int most) {
        CoreProfile core = random.profile();
        SyntheticTrace trace = program.trace();
        ReplayReport whole = timeless(Replay.run(trace, core));
        Cut cut = new Cut(trace, new Random(most), most);
        assertEquals(whole, timeless(Replay.run(cut, core)));
        assertEquals(Replay.chain(trace, core), Replay.chain(cut, core));
    }

    @Property(tries = 400, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void partsSumToTheWholeAndNoneIsNegative(@ForAll("programs") RandomProgram program, @ForAll("profiles") RandomProfile random) {
        ReplayReport report = Replay.run(program.trace(), random.profile());
        assertTrue(report.cycles() >= 0);
        assertEquals(report.cycles(), report.causes().values().stream().mapToLong(c -> c).sum());
        assertEquals(report.cycles(), report.sites().stream().mapToLong(ReplayReport.SiteCost::cycles).sum());
        assertEquals(report.cycles(), report.functions().stream().mapToLong(ReplayReport.FunctionCost::cycles).sum());
        assertEquals(report.cycles(), report.byOperation().stream().mapToLong(o -> o.sum("cycles")).sum());
        assertTrue(report.causes().values().stream().allMatch(c -> c >= 0), report.causes().toString());
        assertTrue(report.sites().stream().flatMap(s -> s.byCause().stream()).allMatch(c -> c >= 0));
    }

    @Property(tries = 30, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void otherReplaysAtTheSameTimeChangeNothing(@ForAll("programs") RandomProgram program, @ForAll("profiles") RandomProfile random) {
        CoreProfile core = random.profile();
        SyntheticTrace trace = program.trace();
        ReplayReport alone = timeless(Replay.run(trace, core));
        List<ReplayReport> together = IntStream.range(0, 8).parallel().mapToObj(n -> timeless(Replay.run(trace, core))).toList();
        together.forEach(report -> assertEquals(alone, report));
    }

    @Example
    void aLostCycleIsRefused() {
        CpiStack stack = new CpiStack(2);
        stack.retire(1, 10, Cause.EXECUTE);
        stack.balance(10, "t");
        String message = assertThrows(ModelException.class, () -> stack.balance(11, "t")).getMessage();
        assertTrue(message.contains("10") && message.contains("11") && message.lines().count() == 1, message);
    }
}
