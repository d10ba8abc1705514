package dev.cyclecast.calibration.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.model.Constant;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TlbFactsTest {
    @Test
    void leavesOfAnAmdCoreAreRead() {
        // 72 and 64 entries, fully associative; 3072 and 512 behind them.
        assertEquals(Map.of(Constant.DTLB_L1_ENTRIES, 72, Constant.ITLB_L1_ENTRIES, 64, Constant.DTLB_L2_ENTRIES, 3072,
                Constant.ITLB_L2_ENTRIES, 512), TlbFacts.parse(List.of("80000005 0 ff48ff40 ff48ff40 20080140 20080140",
                "80000006 0 5c002200 6c004200 4006140 808140")));
    }

    @Test
    void leavesOfAnIntelCoreAreRead() {
        // A shared second level is stated in two parts that both hold pages of 4 KiB.
        assertEquals(Map.of(Constant.DTLB_L1_ENTRIES, 64, Constant.ITLB_L1_ENTRIES, 128, Constant.DTLB_L2_ENTRIES, 2048,
                Constant.DTLB_L2_WAYS, 16, Constant.ITLB_L2_ENTRIES, 2048), TlbFacts.parse(List.of("18 0 6 0 0 0",
                "18 1 0 80001 10 4122", "18 2 0 40001 10 4021", "18 3 0 40006 8 4121", "18 4 0 80007 80 4143",
                "18 5 0 80009 80 4143", "18 6 0 80006 2 4122", "80000005 0 0 0 0 0", "80000006 0 0 0 1006040 0")));
    }

    @Test
    void whatMakesNoSenseIsLeftOut() {
        assertEquals(Map.of(), TlbFacts.parse(List.of()));
        assertEquals(Map.of(), TlbFacts.parse(List.of("18 0 0 0 0 0", "80000005 0 0 0 0 0", "80000006 0 0 0 1006040 0")));
        // 4095 entries cannot be sets of as many ways as there may be, and 2 are fewer than any core has.
        assertEquals(Map.of(Constant.DTLB_L1_ENTRIES, 255), TlbFacts.parse(List.of("80000005 0 ffffffff ffffff02 ffffffff ffffffff",
                "80000006 0 ffffffff ffffffff ffffffff ffffffff", "18 1 0 ffff0001 ffffffff 4143", "cannot be run")));
    }

    @Property(tries = 200)
    void whateverACpuStatesIsPossible(@ForAll @Size(max = 8) List<int[]> registers) {
        List<String> lines = registers.stream().map(r -> "%s %x %x %x %x %x".formatted(List.of("18", "80000005", "80000006")
                .get(Math.floorMod(at(r, 0), 3)), at(r, 1) & 7, at(r, 2), at(r, 3), at(r, 4), at(r, 5))).toList();
        TlbFacts.parse(lines).forEach((constant, value) ->
                assertTrue(value >= constant.minimum() && value <= constant.maximum(), constant + ": " + value));
    }

    private static int at(int[] values, int i) {
        return values.length == 0 ? 0 : values[i % values.length];
    }

    @Test
    void thisCpuIsAskedWhateverItIs() {
        assertTrue(TlbFacts.STATED.containsAll(TlbFacts.read(Path.of(System.getProperty("cyclecast.home"))).keySet()));
    }
}
