package dev.cyclecast.calibration.methods;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.calibration.CalibrationException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CycleEstimateTest {
    private static final String EVENTS = "events: Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw Bc Bcm Bi Bim";

    @Test
    void weighsEventsAsKcachegrindDoes() {
        assertEquals(1000 + 10 * (4 + 6) + 10 * (1 + 2 + 3) + 100 * (7 + 8 + 9),
                CycleEstimate.parse(List.of("# callgrind format", EVENTS, "totals: 1000 500 400 1 2 3 7 8 9 90 4 80 6")));
    }

    @Test
    void zerosAtTheEndMayBeLeftOut() {
        assertEquals(1000 + 10, CycleEstimate.parse(List.of(EVENTS, "totals: 1000 500 400 1")));
    }

    @Test
    void theOrderOfEventsIsTheFiles() {
        assertEquals(7 + 10 * 5, CycleEstimate.parse(List.of("events: Bcm Bim I1mr D1mr D1mw ILmr DLmr DLmw Ir",
                "totals: 5 0 0 0 0 0 0 0 7")));
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertComplaint("no line 'events: ...'", List.of("totals: 1"));
        assertComplaint("no line 'totals: ...'", List.of(EVENTS));
        assertComplaint("callgrind counted Ir Bcm", List.of("events: Ir Bcm", "totals: 1 2"));
        assertComplaint("'1o' events", List.of(EVENTS, "totals: 1o"));
    }

    private static void assertComplaint(String part, List<String> lines) {
        String message = assertThrows(CalibrationException.class, () -> CycleEstimate.parse(lines)).getMessage();
        assertTrue(message.contains(part) && message.lines().count() == 1, message);
    }
}
