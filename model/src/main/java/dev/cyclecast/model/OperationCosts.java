package dev.cyclecast.model;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.TraceSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Splits what a replay counts between the operations, by name and size class, and the program around them. Every cycle and
 * event between two marks belongs to one of them, so the parts sum to the whole.
 */
final class OperationCosts {
    private static final int UNKNOWN = SizeClass.UNKNOWN;
    /** Key of the program around the operations: behind those of all operations and classes. */
    private static final int PROGRAM = 1 << 16;

    private final Core core;
    private final List<String> names;
    private final SizeClass sizeClass;
    private final long[] since = new long[ReplayReport.OperationCost.COUNTERS.size()];
    private final long[] now = new long[since.length];
    /** By operation and size class: how many operations, then the sums of the counters; null where there were none. */
    private final long[][] sums = new long[PROGRAM + 1][];

    OperationCosts(Core core, Code code, TraceSource trace) {
        this.core = core;
        names = trace.header().operations();
        sizeClass = new SizeClass(code, trace);
    }

    /** An operation's events are to come. */
    void entered() {
        sizeClass.entered();
    }

    /** Looks for the size class in events of the operation that was entered. */
    void see(EventBatch batch, int from, int to) {
        sizeClass.see(batch, from, to);
    }

    /** The operation's last event was seen; returns its size class, -1 if there was none to see. */
    int left() {
        return sizeClass.left();
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

    /**
     * Fails where the parts do not sum to the cycles that passed.
     *
     * @param what what was replayed, for the message
     * @throws ModelException with the sum
     */
    void balance(long passed, String what) {
        long sum = Arrays.stream(sums).filter(Objects::nonNull).mapToLong(counters -> counters[1]).sum();
        if (sum != passed) {
            throw new ModelException(what + ": operations and the program around them sum to " + sum + " cycles, but " + passed
                    + " passed; the simulator is at fault: report it with the trace and the profile");
        }
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
