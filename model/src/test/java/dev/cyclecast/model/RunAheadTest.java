package dev.cyclecast.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Loads before the address of a store is known, one by one. */
class RunAheadTest {
    private static final int MOST = 4;
    private static final int RETRY = 8;

    private static RunAhead of(int most) {
        return new RunAhead(CoreProfile.load("zen5").with(Constant.LOADS_AHEAD, most).with(Constant.LOADS_AHEAD_RETRY, RETRY));
    }

    @Test
    void whatIsBeyondTheLimitWaitsForTheAddress() {
        RunAhead ahead = of(MOST);
        ahead.store(0, 100);
        for (int k = 0; k < MOST; k++) {
            assertEquals(5, ahead.load(1, 5));
        }
        assertEquals(100 + RETRY, ahead.load(2, 6));
        assertEquals(100 + RETRY, ahead.load(2, 50));
    }

    @Test
    void oneLoadWithALateAddressBearsTheDelay() {
        RunAhead ahead = of(MOST);
        ahead.store(0, 100);
        for (int k = 0; k <= MOST; k++) {
            ahead.load(1, 5);
        }
        assertEquals(101, ahead.load(100, 101), "one that was dispatched just before its address");
        assertEquals(100 + RETRY, ahead.load(2, 100));
        assertEquals(104, ahead.load(2, 104));
    }

    @Test
    void loadsDispatchedBehindTheAddressDoNotCount() {
        RunAhead ahead = of(MOST);
        ahead.store(0, 100);
        for (int k = 0; k < 2 * MOST; k++) {
            assertEquals(105, ahead.load(102, 105));
        }
    }

    @Test
    void withoutALimitNothingWaits() {
        RunAhead ahead = of(0);
        ahead.store(0, 100);
        for (int k = 0; k < 1000; k++) {
            assertEquals(5, ahead.load(1, 5));
        }
    }
}
