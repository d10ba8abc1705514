package dev.cyclecast.model;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.TraceSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Replays a whole trace through one core, in memory that does not grow with its length. */
public final class Replay {
    /**
     * How to replay.
     *
     * @param cold allow a trace without warm-up
     */
    public record Options(boolean cold) {
        /** As a real core would. */
        public static final Options DEFAULT = new Options(false);
    }

    private final TraceSource trace;
    private final CoreProfile profile;
    private final Options options;
    private final Code code;
    private final CodeTiming timing;
    private final Core core;
    private final OperationCosts costs;
    private long operations;
    private boolean counting;
    private long warmInstructions;
    private Map<String, Long> atCount = Map.of();
    private long cyclesAtCount;
    private long lead;

    private Replay(TraceSource trace, CoreProfile profile, Options options) {
        this.trace = trace;
        this.profile = profile;
        this.options = options;
        code = Code.of(trace.image());
        InstructionTable table = InstructionTable.of(profile.instructions());
        timing = new CodeTiming(code, table, table.entries(code), profile);
        core = new Core(code, timing, profile, Placement.recorded(code), 0, true);
        costs = new OperationCosts(core, code, trace);
    }

    /** Replays as recorded, with the profile's own constants. */
    public static ReplayReport run(TraceSource trace, CoreProfile profile) {
        return run(trace, profile, Options.DEFAULT);
    }

    /**
     * Replays as recorded.
     *
     * @throws ModelException if the trace counts nothing, or has no warm-up and {@code cold} is not set
     */
    public static ReplayReport run(TraceSource trace, CoreProfile profile, Options options) {
        Replay replay = new Replay(trace, profile, options);
        long start = System.nanoTime();
        Feed.run(trace, replay.core, replay.new Accounts());
        replay.costs.chargeProgram();
        return replay.report((System.nanoTime() - start) / 1e9);
    }

    /**
     * The limit that the longest chain of dependent instructions sets to the counted part of a trace: a pass of its own,
     * for another thread than the replay's.
     */
    public static CycleBound.Limit chain(TraceSource trace, CoreProfile profile) {
        return DependenceChain.of(trace, profile);
    }

    /** Charges what passes to operations and the program around them. */
    private final class Accounts implements Feed.Listener {
        @Override
        public void events(EventBatch batch, int from, int to) {
            costs.see(batch, from, to);
        }

        @Override
        public void mark(byte kind, int operation) {
            switch (kind) {
                case EventBatch.BEGIN -> {
                    costs.chargeProgram();
                    costs.entered();
                }
                case EventBatch.END -> {
                    costs.charge(operation, costs.left());
                    operations += counting ? 1 : 0;
                }
                default -> countFromHere();
            }
        }
    }

    private void countFromHere() {
        if (!counting) {
            if (core.instructions == 0 && !options.cold()) {
                throw new ModelException(trace.header().program() + ": the trace has no warm-up, so caches and predictors "
                        + "would be counted cold; record one (call cyclecast_count_begin after it) or replay with --cold");
            }
            counting = true;
            warmInstructions = core.instructions;
            cyclesAtCount = core.cycles();
            bound(core.branches.taken, 0).hold(cyclesAtCount, trace.header().program() + ", warm-up");
            lead = core.lead();
            core.countFromHere();
            costs.clear();
            atCount = counters();
        }
    }

    /** The least cycles that what was executed since counting began can take. */
    private CycleBound bound(long taken, long ahead) {
        return new BoundCalculator(timing, profile).of(core.executed, taken, core.wrong, ahead);
    }

    private Map<String, Long> counters() {
        Map<String, Long> c = new LinkedHashMap<>();
        c.put("macroOps", core.dispatch.macroOps);
        c.put("loads", core.loadStore.loads);
        c.put("stores", core.loadStore.stores);
        c.put("conditionalBranches", core.branches.conditional);
        c.put("takenBranches", core.branches.taken);
        c.put("mispredicts", core.branches.mispredicted);
        c.put("indirectMispredicts", core.branches.indirectMispredicted);
        c.put("returnMispredicts", core.branches.returnMispredicted);
        c.put("decodeRedirects", core.branches.decodeRedirects);
        c.put("opCacheOps", core.frontEnd.opCacheOps);
        c.put("decodedOps", core.frontEnd.decodedOps);
        c.put("l1iMisses", core.frontEnd.l1iMisses);
        c.put("itlbMisses", core.frontEnd.itlbMisses);
        c.put("l1dMisses", core.memory.l1dMisses);
        c.put("l2Misses", core.memory.l2Misses);
        c.put("l3Misses", core.memory.l3Misses);
        c.put("dtlbMisses", core.memory.dtlb.misses);
        c.put("forwards", core.loadStore.forwards);
        c.put("forwardFailures", core.loadStore.forwardFailures);
        c.put("renamedLoads", core.loadStore.renamedLoads);
        c.put("predictedLoads", core.loadStore.predictedLoads);
        c.put("forwardMispredicts", core.loadStore.forwardMispredicts);
        c.put("dataPrefetches", core.memory.prefetches);
        return c;
    }

    private ReplayReport report(double seconds) {
        if (!counting) {
            throw new ModelException(trace.header().program() + ": the trace counts nothing: it ends before warm-up does; "
                    + "record more operations");
        }
        long cycles = core.cycles() - cyclesAtCount;
        long instructions = core.instructions - warmInstructions;
        core.stack.balance(cycles, trace.header().program());
        costs.balance(cycles, trace.header().program());
        Map<String, Long> end = counters();
        CycleBound bound = bound(end.get("takenBranches") - atCount.get("takenBranches"), lead)
                .hold(cycles, trace.header().program());
        double per = operations > 0 ? operations : Math.max(1, instructions) / 1000.0;
        Map<String, Double> rates = new LinkedHashMap<>();
        rates.put("instructions", instructions / per);
        end.forEach((name, count) -> rates.put(name, (count - atCount.get(name)) / per));
        Map<Cause, Long> causes = new EnumMap<>(Cause.class);
        long[] byCause = core.stack.byCause();
        for (Cause c : Cause.values()) {
            causes.put(c, byCause[c.ordinal()]);
        }
        return new ReplayReport(profile.name(), cycles, instructions, operations,
                operations > 0 ? (double) cycles / operations : 0, cycles > 0 ? (double) instructions / cycles : 0,
                core.instructions / seconds, rates, causes, functions(cycles), costs.parts(), sites(),
                (double) defaulted() / Math.max(1, instructions), unknownForms(), bound);
    }

    private List<ReplayReport.FunctionCost> functions(long cycles) {
        Map<String, long[]> sums = new LinkedHashMap<>();
        for (int s = 0; s < code.size(); s++) {
            if (core.executed[s] > 0) {
                long[] sum = sums.computeIfAbsent(code.bodyName(s), k -> new long[3]);
                sum[0] += core.stack.cycles(s);
                sum[1] += core.executed[s];
                sum[2] += core.mispredicted[s];
            }
        }
        List<ReplayReport.FunctionCost> functions = new ArrayList<>();
        sums.forEach((name, sum) -> functions.add(new ReplayReport.FunctionCost(name, sum[0],
                cycles > 0 ? 100.0 * sum[0] / cycles : 0, sum[1], sum[2])));
        functions.sort(Comparator.comparingLong(ReplayReport.FunctionCost::cycles).reversed()
                .thenComparing(ReplayReport.FunctionCost::name));
        return functions;
    }

    private List<ReplayReport.SiteCost> sites() {
        return IntStream.range(0, code.size()).filter(s -> core.executed[s] > 0)
                .mapToObj(s -> new ReplayReport.SiteCost(s, core.executed[s], core.mispredicted[s],
                        Arrays.stream(Cause.values()).map(cause -> core.stack.cycles(s, cause)).toList())).toList();
    }

    /** Instructions executed whose form has no timings of its own. */
    private long defaulted() {
        return IntStream.range(0, code.size()).filter(timing::isUnknown).mapToLong(s -> core.executed[s]).sum();
    }

    private List<String> unknownForms() {
        TreeSet<String> forms = new TreeSet<>();
        for (int s = 0; s < code.size(); s++) {
            if (core.executed[s] > 0 && timing.isUnknown(s)) {
                forms.add(code.instruction(s).form());
            }
        }
        return List.copyOf(forms);
    }
}
