package dev.cyclecast.calibration.methods;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.calibration.CalibrationException;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortPressureTest {
    private static final List<BasicBlock> BLOCKS = List.of(new BasicBlock(0, 2, 100), new BasicBlock(2, 1, 40));

    @Test
    void blocksAreEachARegion() {
        assertEquals("""
                # LLVM-MCA-BEGIN block0
                \t.text
                \taddq\t%rcx, %rax
                \trep
                \tretq
                # LLVM-MCA-END block0
                # LLVM-MCA-BEGIN block1
                \tnop
                # LLVM-MCA-END block1
                """, PortPressure.regions("\t.text\n\taddq\t%rcx, %rax\n\trep\n\tretq\n\tud2\n\tnop\n\tud2\n", 2));
    }

    @Test
    void aBlockThatIsLostIsNoticed() {
        assertComplaint("1 blocks of 2", () -> PortPressure.regions("\tnop\n\tud2\n", 2));
    }

    @Test
    void throughputsAreWeightedByExecutions() {
        assertEquals(0.5 * 100 + 2 * 40, PortPressure.cycles("""
                {"CodeRegions": [{"Name": "block1", "SummaryView": {"BlockRThroughput": 2}},
                                 {"Name": "block0", "SummaryView": {"BlockRThroughput": 0.5}}]}""", BLOCKS), 1e-12);
    }

    @Test
    void outputThatSaysNothingIsNamed() {
        assertComplaint("no JSON", () -> PortPressure.cycles("error: none", BLOCKS));
        assertComplaint("0 blocks of 2", () -> PortPressure.cycles("{}", BLOCKS));
        assertComplaint("region 'block0'", () -> PortPressure.cycles(
                "{\"CodeRegions\": [{\"Name\": \"block0\"}, {\"Name\": \"block1\"}]}", BLOCKS));
        assertComplaint("region 'block7'", () -> PortPressure.cycles("""
                {"CodeRegions": [{"Name": "block7", "SummaryView": {"BlockRThroughput": 2}}, {}]}""", BLOCKS));
    }

    private static void assertComplaint(String part, org.junit.jupiter.api.function.Executable run) {
        String message = assertThrows(CalibrationException.class, run).getMessage();
        assertTrue(message.contains(part) && message.lines().count() == 1, message);
    }
}
