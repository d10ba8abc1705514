package dev.cyclecast.calibration.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayoutBudgetTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** Layouts built when each takes as long as said, eight comparisons are planned and runs take 45 ms. */
    private static int layouts(int budgetSeconds, double secondsPerLayout, int most) {
        LayoutBudget budget = new LayoutBudget(START, START.plusSeconds(budgetSeconds), 8, Duration.ofMillis(45), most);
        Duration took = Duration.ofNanos((long) (1e9 * secondsPerLayout));
        int built = 1;
        while (budget.allowsAnother(built, took, START.plus(took.multipliedBy(built)))) {
            built++;
        }
        return built;
    }

    @ParameterizedTest(name = "{0} s, {1} s a layout: {2} layouts")
    @CsvSource({
        // Two thirds of 60 s allow seven layouts of 5.5 s; a round of them takes 12.6 s.
        "60, 5.5, 7",
        // A third of 300 s goes on twenty layouts.
        "300, 5, 20",
        // Slow compiler: eight layouts may use 200 s, more may not.
        "300, 18, 8", "300, 24, 8", "300, 26, 7",
        // Fast compiler: two rounds of 1.8 s a layout limit, not the build.
        "60, 0.1, 16",
        // Too short for eight layouts: one round of each has to fit.
        "10, 0.1, 5"})
    void spendsAThirdOnLayoutsAndMoreOnTheFirstEight(int budget, double perLayout, int expected) {
        assertEquals(expected, layouts(budget, perLayout, 32));
    }

    @Test
    void neverMoreThanTheMost() {
        assertEquals(12, layouts(3_600, 1, 12));
    }

    @Test
    void nothingMoreWhenTheTimeIsUp() {
        LayoutBudget budget = new LayoutBudget(START, START.plusSeconds(10), 8, Duration.ofMillis(45), 32);
        assertFalse(budget.allowsAnother(1, Duration.ofSeconds(1), START.plusSeconds(11)));
    }
}
