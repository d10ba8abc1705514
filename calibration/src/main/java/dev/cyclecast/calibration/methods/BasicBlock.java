package dev.cyclecast.calibration.methods;

import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.ProgramImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Instructions that are executed one behind the other, and equally often.
 *
 * @param first      number of the first one
 * @param size       number of instructions
 * @param executions how often
 */
record BasicBlock(int first, int size, long executions) {
    /** The executed blocks of an image, in order of address. */
    static List<BasicBlock> of(ProgramImage image, long[] executions) {
        List<Instruction> code = image.instructions();
        Set<Long> targets = new HashSet<>();
        code.stream().filter(i -> i.flow().isBranch()).forEach(i -> targets.add(i.target()));
        List<BasicBlock> blocks = new ArrayList<>();
        int first = 0;
        for (int i = 1; i <= code.size(); i++) {
            boolean ends = i == code.size() || code.get(i - 1).flow().isBranch()
                    || code.get(i).address() != code.get(i - 1).end() || executions[i] != executions[i - 1]
                    || targets.contains(code.get(i).address());
            if (ends) {
                if (executions[first] > 0) {
                    blocks.add(new BasicBlock(first, i - first, executions[first]));
                }
                first = i;
            }
        }
        return blocks;
    }
}
