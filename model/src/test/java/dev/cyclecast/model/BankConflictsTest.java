package dev.cyclecast.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.trace.Registers;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which loads of one cycle exclude each other. */
class BankConflictsTest {
    private static final int CYCLE = 1000;

    /** Banks where all lines are in one way. */
    private static BankConflicts banks(String core) {
        return new BankConflicts(CoreProfile.load(core), line -> 3);
    }

    @ParameterizedTest
    @CsvSource({
        "zen5, 64, 8, true", "zen5, 96, 8, true", "zen5, 72, 8, false", "zen5, 68, 4, false", "zen5, 68, 8, true", "zen5, 66, 2, true",
        "zen5, 32, 8, false", "zen5, 0, 8, false", "zen5, 4096, 8, false", "zen5, 4160, 8, true", "zen5, 80, 16, false", "zen5, 64, 32, true",
        "zen4, 64, 8, true", "zen4, 96, 8, false", "zen4, 72, 8, false", "zen4, 68, 4, true", "zen4, 4096, 8, true", "zen4, 8, 8, false"})
    void aLoadOfAnotherLineExcludesWhatItSharesABankWith(String core, int apart, int bytes, boolean excludes) {
        BankConflicts banks = banks(core);
        assertTrue(banks.read(0x10000, bytes, CYCLE));
        assertEquals(!excludes, banks.read(0x10000 + apart, bytes, CYCLE));
        assertTrue(banks.read(0x10000 + apart, bytes, CYCLE + 1), "a cycle later");
    }

    @Test
    void onlyLinesOfTheSameWayConflictWhereThatMatters() {
        for (int way = 0; way < 12; way++) {
            int other = way;
            BankConflicts byWay = new BankConflicts(CoreProfile.load("zen5"), line -> line % 2 == 0 ? 3 : other);
            assertTrue(byWay.read(0x10000, 8, CYCLE));
            assertEquals(way != 3, byWay.read(0x10040, 8, CYCLE));
            BankConflicts any = new BankConflicts(CoreProfile.load("zen4"), line -> line % 2 == 0 ? 3 : other);
            assertTrue(any.read(0x10000, 8, CYCLE));
            assertFalse(any.read(0x10040, 8, CYCLE));
        }
    }

    @Test
    void eachOfTheLoadsOfACycleExcludes() {
        BankConflicts banks = banks("zen5");
        for (int k = 0; k < 4; k++) {
            assertTrue(banks.read(0x10000 + 72 * k, 8, CYCLE));
        }
        for (int k = 0; k < 4; k++) {
            assertFalse(banks.read(0x20000 + 512 + 8 * k, 8, CYCLE));
        }
    }

    /** A load across the end of its line reads only what it has of the line. */
    @Property(tries = 200)
    void anAccessReadsNoBankBehindItsLine(@ForAll @IntRange(min = 1, max = 63) int over) {
        BankConflicts banks = banks("zen4");
        int begin = 64 - over;
        assertTrue(banks.read(0x10000 + begin, 64, CYCLE));
        for (int bank = 0; bank < 8; bank++) {
            assertEquals(bank < begin / 8, banks.read(0x20000 + 8 * bank, 8, CYCLE), "bank " + bank);
            banks = banks("zen4");
            banks.read(0x10000 + begin, 64, CYCLE);
        }
    }

    @Test
    void loadsOfOneBankLoseWhatTheirWaysShare() {
        // 48 lines in 12 ways at random: of the pairs of four loads a cycle a twelfth conflict, and come again for one more generation each.
        double cycles = LoopTiming.perIteration(CoreProfile.load("zen5"), t -> {
            for (int k = 0; k < 480; k++) {
                t.load(Registers.RAX, Registers.RBX, 0, 8);
            }
            t.jump(SyntheticTrace.CODE);
        }, (t, n) -> {
            Random random = new Random(1);
            for (int k = 0; k < 480; k++) {
                t.access(k, 0x10000 + 64L * random.nextInt(48));
            }
            t.run(480);
        });
        assertEquals(120 * (1 + 6.0 / 12 / 4), cycles, 6);
    }
}
