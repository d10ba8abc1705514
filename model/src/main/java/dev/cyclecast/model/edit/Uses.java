package dev.cyclecast.model.edit;

import static dev.cyclecast.trace.Registers.FLAGS;
import static dev.cyclecast.trace.Registers.RSP;
import static dev.cyclecast.trace.Registers.bit;

import dev.cyclecast.model.Events;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;

/** Who uses what registers hold at some point of the executed code. */
final class Uses {
    /** Registers that nothing else uses: they may always be written. */
    static final long SCRATCH = ((1L << RegisterName.SCRATCHES) - 1) << RegisterName.SCRATCH;
    /** rax, rcx, rdx, rsi, rdi, r8 to r11: lost in a call by the System V ABI. */
    static final long CALL_CLOBBERED = 0xFC7L;
    private static final int REACH = 600;
    private final Program program;
    private final Events sample;
    /** Instructions that are replaced: what they read and write does not count. */
    private final boolean[] replaced;
    /** For each instruction, registers that the code in its place writes. */
    private final long[] written;

    Uses(Program program, Events sample) {
        this.program = program;
        this.sample = sample;
        replaced = new boolean[program.code().size()];
        written = new long[replaced.length];
    }

    /** Instructions that are replaced by code, which writes registers at the place of the first. */
    void replace(int[] run, long writes) {
        for (int s : run) {
            replaced[s] = true;
        }
        written[run[0]] = writes;
    }

    /**
     * Number of the first instruction from an event on that reads one of the registers before it is written; -1 if there is
     * none near. The flags are lost in calls and returns; the stack pointer is not followed.
     */
    int user(int from, long registers) {
        long live = registers & ~bit(RSP);
        for (int e = from; e < Math.min(sample.size(), from + REACH) && live != 0; e++) {
            int s = sample.instruction(e);
            Instruction i = program.code().instruction(s);
            if (replaced[s]) {
                live &= ~written[s];
                continue;
            }
            if ((i.reads() & live) != 0 && !Slice.saves(i) && !Slice.clears(i)) {
                return s;
            }
            live &= ~i.writes();
            if (i.flow().isCall() || i.flow() == Flow.RETURN) {
                live &= ~bit(FLAGS);
            }
        }
        return -1;
    }

    /** Fails where code writes registers that it may not. */
    static void checkWrites(long writes, long allowed, String where) {
        long wrong = writes & ~allowed & ~SCRATCH & ~bit(FLAGS);
        if (wrong != 0) {
            throw new ModelException(where + ": writes " + RegisterName.of(Long.numberOfTrailingZeros(wrong))
                    + ", whose value the program may need; write scratch0 to scratch3, or what the selected instructions write");
        }
    }
}
