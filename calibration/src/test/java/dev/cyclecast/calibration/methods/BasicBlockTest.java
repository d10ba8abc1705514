package dev.cyclecast.calibration.methods;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.ProgramImage;
import java.util.List;
import org.junit.jupiter.api.Test;

class BasicBlockTest {
    private static Instruction at(long address, Flow flow, long target) {
        return new Instruction(address, 2, "any", "any", flow, target, 0, 0, List.of(), List.of(), null, 0, false, false, -1);
    }

    private static final ProgramImage IMAGE = new ProgramImage(List.of(), List.of(), List.of(), List.of(
            at(0x100, Flow.NEXT, 0), at(0x102, Flow.CONDITIONAL, 0x108), at(0x104, Flow.NEXT, 0), at(0x106, Flow.NEXT, 0),
            at(0x108, Flow.NEXT, 0), at(0x10a, Flow.RETURN, 0), at(0x200, Flow.NEXT, 0), at(0x204, Flow.NEXT, 0)), new byte[16]);

    @Test
    void branchesTargetsGapsAndCountsEndBlocks() {
        assertEquals(List.of(new BasicBlock(0, 2, 9), new BasicBlock(2, 2, 9), new BasicBlock(4, 2, 9), new BasicBlock(6, 1, 3),
                new BasicBlock(7, 1, 3)), BasicBlock.of(IMAGE, new long[] {9, 9, 9, 9, 9, 9, 3, 3}));
        assertEquals(List.of(new BasicBlock(0, 1, 9), new BasicBlock(1, 1, 8)),
                BasicBlock.of(IMAGE, new long[] {9, 8, 0, 0, 0, 0, 0, 0}));
    }

    @Test
    void bytesAreThoseOfTheExecutedBlocks() {
        assertEquals("0x00 0x00 0x00 0x00 0x0f 0x0b\n", PortPressure.bytes(IMAGE, List.of(new BasicBlock(2, 2, 1))));
    }
}
