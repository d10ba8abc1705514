package dev.cyclecast.model;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.Registers;
import dev.cyclecast.trace.TraceSource;
import dev.cyclecast.trace.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Splits what a replay counts between the operations, by name and size class, and the program around them. Every cycle and
 * event between two marks belongs to one of them, so the parts sum to the whole.
 *
 * <p>The size class of an operation is the first byte that it reads from the allocator's table of size classes. Where it
 * reads none, it is the low nibble of a header byte {@code 0xA0 | class} right before the block.
 */
final class OperationCosts {
    private static final String CLASS_TABLE = "g_size_to_class";
    private static final int HEADER_MASK = 0xF8;
    private static final int HEADER_MAGIC = 0xA0;
    private static final int CLASS_MASK = 7;
    private static final int UNKNOWN = -1;
    /** Key of the program around the operations: behind those of all operations and classes. */
    private static final int PROGRAM = 1 << 16;

    private final Core core;
    private final List<String> names;
    private final boolean[] byteLoad;
    private final boolean[] headerLoad;
    private final long tableFrom;
    private final long tableTo;
    private final long[] since = new long[ReplayReport.OperationCost.COUNTERS.size()];
    private final long[] now = new long[since.length];
    /** By operation and size class: how many operations, then the sums of the counters; null where there were none. */
    private final long[][] sums = new long[PROGRAM + 1][];
    private boolean inside;
    private boolean fromTable;
    private int sizeClass;

    OperationCosts(Core core, Code code, TraceSource trace) {
        this.core = core;
        names = trace.header().operations();
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
        sizeClass = UNKNOWN;
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
            sizeClass = value;
            fromTable = true;
        } else if (headerLoad[s] && sizeClass == UNKNOWN && (value & HEADER_MASK) == HEADER_MAGIC) {
            sizeClass = value & CLASS_MASK;
        }
    }

    /** The operation's last event was seen; returns its size class, -1 if there was none to see. */
    int left() {
        inside = false;
        return sizeClass;
    }

    /** Counting starts here. */
    void clear() {
        Arrays.fill(sums, null);
        read(since);
    }

    /** What passed since the last call was the program's own. */
    void chargeProgram() {
        charge(PROGRAM);
    }

    /** What passed since the last call was one operation. */
    void charge(int operation, int operationClass) {
        charge(operation << 8 | operationClass + 1 & 0xff);
    }

    private void charge(int key) {
        read(now);
        if (sums[key] == null) {
            sums[key] = new long[1 + now.length];
        }
        long[] sum = sums[key];
        sum[0]++;
        for (int c = 0; c < now.length; c++) {
            sum[c + 1] += now[c] - since[c];
            since[c] = now[c];
        }
    }

    private void read(long[] counters) {
        int c = 0;
        counters[c++] = core.cycles();
        counters[c++] = core.instructions;
        counters[c++] = core.loadStore.loads;
        counters[c++] = core.loadStore.stores;
        counters[c++] = core.branches.conditional;
        counters[c++] = core.branches.taken;
        counters[c++] = core.branches.mispredicted;
        counters[c] = core.memory.l1dMisses;
    }

    /** The parts; the program's own comes first. */
    List<ReplayReport.OperationCost> parts() {
        List<ReplayReport.OperationCost> parts = new ArrayList<>();
        if (sums[PROGRAM] != null) {
            parts.add(new ReplayReport.OperationCost("", UNKNOWN, 0, counters(sums[PROGRAM])));
        }
        for (int key = 0; key < PROGRAM; key++) {
            if (sums[key] != null) {
                parts.add(new ReplayReport.OperationCost(name(key >> 8), (key & 0xff) - 1, sums[key][0], counters(sums[key])));
            }
        }
        return List.copyOf(parts);
    }

    private String name(int operation) {
        return operation < names.size() ? names.get(operation) : "operation " + operation;
    }

    private static List<Long> counters(long[] sum) {
        return Arrays.stream(sum).skip(1).boxed().toList();
    }
}
