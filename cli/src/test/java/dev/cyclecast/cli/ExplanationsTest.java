package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

class ExplanationsTest {
    /** An explanation stands unflagged exactly where the miss still has the sign of which it was written. */
    @Property(tries = 200)
    void anExplanationIsStaleExactlyWhereTheMissHasTurned(@ForAll boolean tooHigh, @ForAll @DoubleRange(min = -20, max = 20) double miss) {
        String text = new Explanations(Map.of("r", new Explanations.Explanation(tooHigh, "why"))).of("r", miss);
        assertEquals(tooHigh == miss > 0, text.equals("why"));
    }
}
