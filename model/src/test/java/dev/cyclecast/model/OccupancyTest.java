package dev.cyclecast.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Units that count what they hold as late as they can say the same as ones that keep a list of it. */
class OccupancyTest {
    private static final int STEPS = 3000;

    @Property(tries = 40)
    void aSchedulerHasRoomOnceEnoughHasIssued(@ForAll @IntRange(min = 1, max = 40) int entries, @ForAll long seed,
                                              @ForAll @IntRange(min = 1, max = 1500) int ahead) {
        Random random = new Random(seed);
        Scheduler scheduler = new Scheduler(entries);
        List<Long> waiting = new ArrayList<>();
        long cycle = 0;
        for (int n = 0; n < STEPS; n++) {
            cycle += random.nextInt(100) == 0 ? random.nextInt(9000) : random.nextInt(3);
            long expected = cycle;
            while (issuedAfter(waiting, expected) >= entries) {
                expected++;
            }
            cycle = scheduler.room(cycle);
            assertEquals(expected, cycle, "operation " + n);
            long now = cycle;
            waiting.removeIf(issue -> issue <= now);
            long issue = cycle + random.nextInt(ahead);
            scheduler.enter(issue);
            waiting.add(issue);
        }
    }

    private static long issuedAfter(List<Long> waiting, long cycle) {
        return waiting.stream().filter(issue -> issue > cycle).count();
    }

    @Property(tries = 40)
    void anEntryOfAQueueIsFreeOnceTheOneThatHadItIs(@ForAll @IntRange(min = 1, max = 300) int entries, @ForAll long seed) {
        Random random = new Random(seed);
        InOrderQueue queue = new InOrderQueue(entries);
        Deque<Long> held = new ArrayDeque<>();
        for (int n = 0; n < STEPS; n++) {
            assertEquals(held.size() < entries ? 0 : held.getFirst(), queue.free(), "instruction " + n);
            long until = random.nextInt(1000);
            int count = random.nextInt(20) == 0 ? random.nextInt(2 * entries + 1) : random.nextInt(3);
            queue.take(until, count);
            for (int k = 0; k < count; k++) {
                held.add(until);
                if (held.size() > entries) {
                    held.removeFirst();
                }
            }
        }
    }

    @Property(tries = 40)
    void whatIsInFlightIsLimitedInEachKind(@ForAll @IntRange(min = 16, max = 80) int places,
                                           @ForAll @IntRange(min = 16, max = 80) int registers, @ForAll long seed) {
        CoreProfile profile = CoreProfile.load("zen4").with(Constant.ROB_ENTRIES, places)
                .with(Constant.INT_REGISTERS, registers).with(Constant.FLAG_REGISTERS, 16 + registers / 2)
                .with(Constant.VECTOR_REGISTERS, 16);
        int[] sizes = {places, registers, 16 + registers / 2, 16};
        InFlight inFlight = new InFlight(profile);
        List<InOrderQueue> kinds = new ArrayList<>();
        for (int size : sizes) {
            kinds.add(new InOrderQueue(size));
        }
        Random random = new Random(seed);
        long dispatched = 0;
        long retired = 0;
        for (int n = 0; n < STEPS; n++) {
            // Some have no macro-op, some many registers.
            int[] takes = {random.nextInt(30) == 0 ? random.nextInt(40) : random.nextInt(3), random.nextInt(3),
                    random.nextInt(2), random.nextInt(9) == 0 ? random.nextInt(20) : 0};
            dispatched += random.nextInt(2);
            long expected = dispatched;
            for (int kind = 0; kind < takes.length; kind++) {
                // A place is needed even by an instruction that has none of its own.
                expected = Math.max(expected, kind == 0 || takes[kind] > 0 ? kinds.get(kind).free() : 0);
            }
            long held = InFlight.held(takes[0], takes[1], takes[2], takes[3]);
            dispatched = inFlight.room(InFlight.needed(held), dispatched);
            assertEquals(expected, dispatched, "instruction " + n);
            retired = Math.max(retired, dispatched + 2) + random.nextInt(n % 500 < 250 ? 2 : 9);
            inFlight.retire(held, retired);
            for (int kind = 0; kind < takes.length; kind++) {
                kinds.get(kind).take(retired, takes[kind]);
            }
        }
    }

    @Property(tries = 10)
    void instructionsWithoutMacroOpsFillNoReorderBuffer(@ForAll @IntRange(min = 1, max = 5000) int count) {
        InFlight inFlight = new InFlight(CoreProfile.load("zen4").with(Constant.ROB_ENTRIES, 16));
        for (int n = 0; n < count; n++) {
            assertEquals(5, inFlight.room(InFlight.needed(0), 5));
            inFlight.retire(0, 1000 + n);
        }
        inFlight.retire(InFlight.held(16, 0, 0, 0), 1000 + count);
        assertEquals(1000 + count, inFlight.room(InFlight.needed(0), 6));
    }
}
