package dev.cyclecast.model;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.TraceSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Splits what a replay counts between the operations, by name and size class, and the program around them. Every cycle and
 * event between two marks belongs to one of them, so the parts sum to the whole.
 */
final class OperationCosts {
    private static final int UNKNOWN = SizeClass.UNKNOWN;

    private final Core core;
    private final List<String> names;
    private final SizeClass sizeClass;
    private final long[] since = new long[ReplayReport.OperationCost.COUNTERS.size()];
    private final long[] now = new long[since.length];
    private final Map<Integer, long[]> sums = new TreeMap<>();
    private final Map<Integer, Long> counts = new TreeMap<>();

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
        sums.clear();
        counts.clear();
        read(since);
    }

    /** What passed since the last call was the program's own. */
    void chargeProgram() {
        charge(UNKNOWN);
    }

    /** What passed since the last call was one operation. */
    void charge(int operation, int operationClass) {
        int key = operation << 8 | operationClass + 1 & 0xff;
        charge(key);
        counts.merge(key, 1L, Long::sum);
    }

    private void charge(int key) {
        read(now);
        long[] sum = sums.computeIfAbsent(key, k -> new long[since.length]);
        for (int c = 0; c < sum.length; c++) {
            sum[c] += now[c] - since[c];
        }
        System.arraycopy(now, 0, since, 0, now.length);
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
        long sum = sums.values().stream().mapToLong(counters -> counters[0]).sum();
        if (sum != passed) {
            throw new ModelException(what + ": operations and the program around them sum to " + sum + " cycles, but " + passed
                    + " passed; the simulator is at fault: report it with the trace and the profile");
        }
    }

    /** The parts; the program's own comes first. */
    List<ReplayReport.OperationCost> parts() {
        List<ReplayReport.OperationCost> parts = new ArrayList<>();
        sums.forEach((key, sum) -> parts.add(key == UNKNOWN
                ? new ReplayReport.OperationCost("", UNKNOWN, 0, boxed(sum))
                : new ReplayReport.OperationCost(name(key >> 8), (key & 0xff) - 1, counts.get(key), boxed(sum))));
        return List.copyOf(parts);
    }

    private String name(int operation) {
        return operation < names.size() ? names.get(operation) : "operation " + operation;
    }

    private static List<Long> boxed(long[] values) {
        return Arrays.stream(values).boxed().toList();
    }
}
