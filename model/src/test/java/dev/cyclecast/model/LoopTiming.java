package dev.cyclecast.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.Consumer;

/** Cycles of synthetic loops that are long enough for their ends not to matter. */
final class LoopTiming {
    static final int LOOPS = 400;

    /** Cycles per iteration of a loop body, as the difference of two replays so that start and end cancel. */
    static double perIteration(String core, Consumer<SyntheticTrace> code, IterationBody body) {
        return perIteration(CoreProfile.load(core), code, body);
    }

    static double perIteration(CoreProfile core, Consumer<SyntheticTrace> code, IterationBody body) {
        return perIteration(core, code, body, 200);
    }

    static double perIteration(CoreProfile core, Consumer<SyntheticTrace> code, IterationBody body, int warm) {
        return perIteration(core, code, body, warm, LOOPS);
    }

    /** The same after so many iterations that warm up, by the difference of so many and twice as many. */
    static double perIteration(CoreProfile core, Consumer<SyntheticTrace> code, IterationBody body, int warm, int loops) {
        long shorter = cycles(core, code, body, loops, Math.max(1, warm));
        long longer = cycles(core, code, body, 2 * loops, Math.max(1, warm));
        return (double) (longer - shorter) / loops;
    }

    private static long cycles(CoreProfile core, Consumer<SyntheticTrace> code, IterationBody body, int loops, int warm) {
        SyntheticTrace trace = new SyntheticTrace();
        code.accept(trace);
        for (int n = 0; n < warm; n++) {
            body.run(trace, n);
        }
        trace.count();
        for (int n = 0; n < loops; n++) {
            body.run(trace, warm + n);
        }
        ReplayReport report = Replay.run(trace, core);
        assertEquals(report.cycles(), report.causes().values().stream().mapToLong(Long::longValue).sum(), "causes sum");
        assertEquals(report.cycles(), report.functions().stream().mapToLong(ReplayReport.FunctionCost::cycles).sum(),
                "functions sum");
        return report.cycles();
    }

    /** Executes one iteration. */
    interface IterationBody {
        void run(SyntheticTrace trace, int iteration);
    }

    /** Executes so many instructions in order. */
    static IterationBody all(int instructions) {
        return (t, n) -> {
            for (int k = 0; k < instructions; k++) {
                t.run(k);
            }
        };
    }

    /** Straight code of {@code n} instructions, then a jump back to its start. */
    static Consumer<SyntheticTrace> loop(int n, Consumer<SyntheticTrace> instruction) {
        return t -> {
            for (int k = 0; k < n; k++) {
                instruction.accept(t);
            }
            t.jump(SyntheticTrace.CODE);
        };
    }

    private LoopTiming() {
    }
}
