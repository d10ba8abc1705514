package dev.cyclecast.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cyclecast.trace.EventBatch;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The short paths of plain operations and plain loads through a core do what the general path does. */
class ShortPathTest {
    private static final int LOOPS = 20;
    private static final int REGISTERS = 4;
    private static final int WORDS = 16;

    @Provide
    Arbitrary<String> cores() {
        return Arbitraries.of("zen3", "zen4", "zen5");
    }

    @Property(tries = 120)
    void bothPathsTakeTheSameCyclesForTheSameCauses(@ForAll("cores") String name,
            @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 0, max = 6) Integer> kinds, @ForAll long seed) {
        SyntheticTrace trace = trace(kinds, new Random(seed));
        Core quick = replayed(trace, CoreProfile.load(name), true);
        Core general = replayed(trace, CoreProfile.load(name), false);
        assertEquals(general.cycles(), quick.cycles());
        assertArrayEquals(general.stack.byCause(), quick.stack.byCause());
    }

    private static SyntheticTrace trace(List<Integer> kinds, Random random) {
        SyntheticTrace t = new SyntheticTrace().function("f");
        for (int kind : kinds) {
            int a = random.nextInt(REGISTERS);
            int b = random.nextInt(REGISTERS);
            switch (kind) {
                case 0 -> t.alu("add", a, b);
                case 1 -> t.compare(a, b);
                case 2 -> t.load(a, b, 8, 8);
                case 3 -> t.store(a, b, 8, 8);
                case 4 -> t.modify(a, b);
                case 5 -> t.push(a);
                default -> t.pop(a);
            }
        }
        int back = t.jump(SyntheticTrace.CODE);
        for (int n = 0; n < LOOPS; n++) {
            for (int k = 0; k < kinds.size(); k++) {
                t.access(k, kinds.get(k) < 2 ? 0 : 0x100000 + 4L * random.nextInt(WORDS));
            }
            t.run(back);
        }
        return t;
    }

    private static Core replayed(SyntheticTrace trace, CoreProfile profile, boolean shortPaths) {
        Code code = Code.of(trace.image());
        InstructionTable table = InstructionTable.of(profile.instructions());
        CodeTiming timing = new CodeTiming(code, table, table.entries(code), profile);
        for (int s = 0; s < code.size() && !shortPaths; s++) {
            timing.each()[s].flags &= ~(CodeTiming.PLAIN | CodeTiming.PLAIN_LOAD | CodeTiming.PLAIN_RENAME);
        }
        Core core = new Core(code, timing, profile, Placement.recorded(code), 0, true);
        Feed.run(trace, core, new Feed.Listener() {
            @Override
            public void events(EventBatch batch, int from, int to) {
                // What counts is what the core makes of them.
            }

            @Override
            public void mark(byte kind, int value) {
                throw new AssertionError("no marks were made");
            }
        });
        return core;
    }
}
