package dev.cyclecast.model;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.Registers;
import dev.cyclecast.trace.TraceSource;
import dev.cyclecast.trace.Variable;

/**
 * The size class of an operation: the first byte that it reads from the allocator's table of size classes. Where it reads
 * none, it is the low nibble of a header byte {@code 0xA0 | class} right before the block.
 */
final class SizeClass {
    /** Of an operation that reads neither. */
    static final int UNKNOWN = -1;
    private static final String CLASS_TABLE = "g_size_to_class";
    private static final int HEADER_MASK = 0xF8;
    private static final int HEADER_MAGIC = 0xA0;
    private static final int CLASS_MASK = 7;

    private final boolean[] byteLoad;
    private final boolean[] headerLoad;
    private final long tableFrom;
    private final long tableTo;
    private boolean inside;
    private boolean fromTable;
    private int found;

    SizeClass(Code code, TraceSource trace) {
        byteLoad = new boolean[code.size()];
        headerLoad = new boolean[code.size()];
        for (int s = 0; s < code.size(); s++) {
            Instruction instruction = code.instruction(s);
            if (!instruction.memory().isEmpty()) {
                MemoryOperand operand = instruction.memory().getFirst();
                byteLoad[s] = operand.read() && operand.bytes() == 1;
                headerLoad[s] = byteLoad[s] && operand.displacement() == -1 && operand.index() == Registers.NONE;
            }
        }
        Variable table = trace.image().variables().stream()
                .filter(v -> v.name().equals(CLASS_TABLE) && v.storage() == Variable.Storage.GLOBAL)
                .findFirst().orElse(null);
        tableFrom = table == null ? 0 : table.address();
        tableTo = table == null ? 0 : table.address() + table.size();
    }

    /** An operation's events are to come. */
    void entered() {
        inside = true;
        fromTable = false;
        found = UNKNOWN;
    }

    /** Looks for the size class in events of the operation that was entered. */
    void see(EventBatch batch, int from, int to) {
        if (inside) {
            for (int e = from; e < to && !fromTable; e++) {
                if (byteLoad[batch.instruction[e]]) {
                    see(batch.instruction[e], batch.address0[e], batch.value[e]);
                }
            }
        }
    }

    private void see(int s, long address, int value) {
        if (address >= tableFrom && address < tableTo) {
            found = value;
            fromTable = true;
        } else if (headerLoad[s] && found == UNKNOWN && (value & HEADER_MASK) == HEADER_MAGIC) {
            found = value & CLASS_MASK;
        }
    }

    /** The operation's last event was seen; returns its size class, {@link #UNKNOWN} if there was none to see. */
    int left() {
        inside = false;
        return found;
    }
}
