package dev.cyclecast.model;

import static dev.cyclecast.trace.Registers.RAX;
import static dev.cyclecast.trace.Registers.RBX;
import static dev.cyclecast.trace.Registers.RCX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.model.LapReplay.Kind;
import dev.cyclecast.trace.EventBatch;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LapReplayTest {
    private static final CoreProfile CORE = CoreProfile.load("zen4");
    private static final int NOP = 0;
    private static final int ADD = 1;
    private static final int BYTE = 2;
    private static final int JUMP_TO_LAP = 3;
    private static final int LAP = 4;
    private static final int JUMP_BACK = 5;

    /** A loop of one add on a chain or one byte load, and a function that ends laps. */
    private static SyntheticTrace program() {
        SyntheticTrace t = new SyntheticTrace();
        long lap = SyntheticTrace.CODE + 0x100;
        t.function("loop");
        t.nop(1);
        t.alu("add", RAX, RCX);
        t.load(RBX, RCX, -1, 1);
        t.jump(lap);
        t.org(lap).function("lap");
        t.nop(1);
        t.jump(SyntheticTrace.CODE);
        return t;
    }

    private static void lap(SyntheticTrace t) {
        t.run(JUMP_TO_LAP, LAP, JUMP_BACK);
    }

    @Property(tries = 50)
    void aLapOfAChainTakesItsLength(@ForAll @Size(min = 3, max = 10) List<@IntRange(min = 100, max = 400) Integer> adds) {
        SyntheticTrace t = program();
        lap(t);
        for (int warm = 0; warm < 20; warm++) {
            t.run(ADD, ADD, ADD);
            lap(t);
        }
        for (int n : adds) {
            t.run(NOP);
            for (int i = 0; i < n; i++) {
                t.run(ADD);
            }
            lap(t);
        }
        t.run(NOP);
        List<LapReplay.Lap> laps = LapReplay.run(t, CORE, "lap");
        assertEquals(20 + adds.size(), laps.size());
        for (int i = 1; i < adds.size(); i++) {
            assertEquals(adds.get(i), laps.get(20 + i).cycles(), 8, "lap " + i + " of " + adds);
        }
    }

    /** What a replay takes for more laps is what these laps take; its cold start belongs to none of them. */
    @Test
    void lapsSumToTheReplay() {
        SyntheticTrace fewer = manyLaps(30);
        SyntheticTrace more = manyLaps(60);
        Replay.Options cold = new Replay.Options(true);
        assertEquals(Replay.run(more, CORE, cold).cycles() - Replay.run(fewer, CORE, cold).cycles(), sum(more) - sum(fewer), 8);
    }

    private static SyntheticTrace manyLaps(int laps) {
        SyntheticTrace t = program();
        t.count();
        for (int lap = 0; lap < laps; lap++) {
            for (int i = 0; i < 10 * lap; i++) {
                t.run(ADD);
            }
            lap(t);
        }
        t.run(NOP);
        return t;
    }

    private static long sum(SyntheticTrace t) {
        return LapReplay.run(t, CORE, "lap").stream().mapToLong(LapReplay.Lap::cycles).sum();
    }

    @Test
    void operationsBelongToTheLapInWhichTheyEnd() {
        SyntheticTrace t = program();
        operation(t, 0xA3);
        lap(t);
        operation(t, 0xA3);
        operation(t, 0xA5);
        operation(t, 0xA3);
        lap(t);
        operation(t, 0x17);
        lap(t);
        operation(t, 0xA3);
        List<LapReplay.Lap> laps = LapReplay.run(t, CORE, "lap");
        assertEquals(List.of(Map.of(new Kind("malloc", 3), 2, new Kind("malloc", 5), 1), Map.of(new Kind("malloc", -1), 1)),
                laps.stream().map(LapReplay.Lap::operations).toList());
    }

    private static void operation(SyntheticTrace t, int header) {
        t.mark(EventBatch.BEGIN);
        t.access(BYTE, 0x5000, header);
        t.mark(EventBatch.END);
    }

    @Test
    void aTraceWithoutLapsIsRefused() {
        SyntheticTrace t = program();
        lap(t);
        t.run(NOP);
        assertTrue(assertThrows(ModelException.class, () -> LapReplay.run(t, CORE, "lap")).getMessage().contains("no whole lap"));
        assertTrue(assertThrows(ModelException.class, () -> LapReplay.run(t, CORE, "none")).getMessage().contains("calls of none"));
    }
}
