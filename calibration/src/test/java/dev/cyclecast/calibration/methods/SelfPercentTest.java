package dev.cyclecast.calibration.methods;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cyclecast.calibration.methods.EditedFunctions.Change;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class SelfPercentTest {
    @Test
    void aFifthOfAFunctionOfTenPercentIsTwoPercent() {
        EditedFunctions edited = new EditedFunctions(Map.of("hot", new Change(500, 400), "other", new Change(1500, 1500)), 0, 2000);
        assertEquals(2, SelfPercent.savedPercent(Map.of("hot", 10.0, "other", 90.0), edited), 1e-12);
    }

    @Test
    void whatIsAddedCountsAgainstIt() {
        EditedFunctions edited = new EditedFunctions(Map.of("hot", new Change(500, 400), "other", new Change(1000, 1100)), 30, 1500);
        assertEquals(10 * 0.2 - 40 * 0.1 - 2, SelfPercent.savedPercent(Map.of("hot", 10.0, "other", 40.0), edited), 1e-12);
    }

    @Property
    void aFunctionThatGoesSavesItsShare(@ForAll @DoubleRange(min = 0, max = 100) double share,
            @ForAll @LongRange(min = 1, max = 1L << 40) long instructions) {
        EditedFunctions edited = new EditedFunctions(Map.of("gone", new Change(instructions, 0),
                "never sampled", new Change(instructions, 0)), 0, 2 * instructions);
        assertEquals(share, SelfPercent.savedPercent(Map.of("gone", share), edited), 1e-9);
    }
}
