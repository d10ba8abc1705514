package dev.cyclecast.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Loads before the address of a store is known, one by one. */
class RunAheadTest {
    private static final int MOST = 4;
    private static final int RETRY = 3;
    private static final int STORE = 7;
    private static final int CODE = 20;

    private static RunAhead of(int most) {
        return new RunAhead(CoreProfile.load("zen5").with(Constant.LOADS_AHEAD, most).with(Constant.LOADS_AHEAD_RETRY, RETRY)
                .with(Constant.AGU_PORTS, 4), CODE);
    }

    /** So many loads that wait for nothing, dispatched at a cycle. */
    private static void loads(RunAhead ahead, int count, long dispatched) {
        for (int k = 0; k < count; k++) {
            ahead.load(dispatched, dispatched + 1);
        }
    }

    /** One whose store met so many loads without a place the last time, all of which have one by now. */
    private static RunAhead met(int loads) {
        RunAhead ahead = of(MOST);
        ahead.store(STORE, 0, 100);
        loads(ahead, MOST + loads, 1);
        loads(ahead, 1, 200);
        return ahead;
    }

    @Test
    void whatIsBeyondTheLimitLooksAgainAfterTheAddress() {
        RunAhead ahead = of(MOST);
        ahead.store(STORE, 0, 100);
        for (int k = 0; k < MOST; k++) {
            assertEquals(0, ahead.load(1, 5));
        }
        assertEquals(100 + RETRY, ahead.load(2, 6));
        assertEquals(100 + RETRY, ahead.load(2, 50));
    }

    @Test
    void aPlaceIsFreeOnceTheStoresBeforeItsLoadAreKnown() {
        RunAhead ahead = of(MOST);
        ahead.store(STORE, 0, 100);
        loads(ahead, 1, 1);
        ahead.store(STORE, 1, 80);
        loads(ahead, 1, 1);
        ahead.store(STORE, 1, 300);
        loads(ahead, MOST - 2, 1);
        assertEquals(100 + RETRY, ahead.load(2, 6), "in place of the first");
        assertEquals(100 + RETRY, ahead.load(2, 6), "in place of the second, which waits for both stores before it");
        assertEquals(300 + RETRY, ahead.load(2, 6), "in place of the third");
    }

    @Test
    void loadsBehindTheAddressNeedNoPlace() {
        RunAhead ahead = of(MOST);
        ahead.store(STORE, 0, 100);
        loads(ahead, MOST, 1);
        assertEquals(0, ahead.load(2, 100));
        assertEquals(0, ahead.load(102, 105));
    }

    @Test
    void loadsWithoutAPlaceHaveTheGeneratorsAfterAStoreThatMetThemTheLastTime() {
        RunAhead ahead = of(MOST);
        ahead.store(STORE, 0, 100);
        loads(ahead, MOST + 10, 1);
        assertEquals(104, ahead.address(104), "the first time is not foreseen");
        loads(ahead, 1, 200);
        ahead.store(STORE, 200, 300);
        assertEquals(303, ahead.address(303));
        assertEquals(306, ahead.address(304), "ten loads, four a cycle, from 303 on");
        assertEquals(306, ahead.address(305));
        assertEquals(306, ahead.address(306));
        ahead.store(STORE + 1, 200, 400);
        assertEquals(404, ahead.address(404), "another store met none");
    }

    @Test
    void aStoreThatWaitsShortlyMeetsFewer() {
        RunAhead ahead = met(40);
        ahead.store(STORE, 200, 204);
        assertEquals(211, ahead.address(208), "sixteen loads can have come in four cycles");
    }

    @Test
    void loadsThatLookAlreadyDoSoOnceMoreOnlyIfTheyLookedBefore() {
        RunAhead ahead = met(40);
        ahead.store(STORE, 200, 300);
        assertEquals(313, ahead.address(304));
        ahead.store(STORE, 200, 302);
        assertEquals(313, ahead.address(304), "none has looked by then");
        ahead.store(STORE, 200, 308);
        assertEquals(318, ahead.address(304), "those of five cycles have");
    }

    @Test
    void withoutALimitNothingWaits() {
        RunAhead ahead = of(0);
        ahead.store(STORE, 0, 100);
        for (int k = 0; k < 1000; k++) {
            assertEquals(0, ahead.load(1, 5));
        }
        assertEquals(104, ahead.address(104));
    }
}
