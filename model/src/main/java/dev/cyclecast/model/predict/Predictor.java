package dev.cyclecast.model.predict;

import dev.cyclecast.model.BranchOutcomes;
import dev.cyclecast.model.Code;
import dev.cyclecast.model.Constant;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.model.Placement;
import dev.cyclecast.model.Replayer;
import dev.cyclecast.model.Segment;
import dev.cyclecast.model.Window;
import dev.cyclecast.model.edit.Editor;
import dev.cyclecast.model.edit.Proposal;
import dev.cyclecast.trace.TraceSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.DoubleConsumer;
import java.util.function.Function;

/** Forecasts what proposals gain: base and edited program are replayed under the same joint draws of all that is uncertain. */
public final class Predictor {
    /**
     * How much to draw.
     *
     * @param draws           1, or a multiple of {@link Design#BLOCK}
     * @param seed            of all draws
     * @param threads         worker threads; the result does not depend on it
     * @param warmInstructions  instructions timed but not counted in each segment of the trace, about; they fill queues and
     *                          op cache
     * @param countInstructions instructions counted in each segment, about: whole operations are
     */
    public record Options(int draws, long seed, int threads, int warmInstructions, int countInstructions) {
        /** 64 draws on all processors. */
        public static final Options DEFAULT = new Options(Design.BLOCK, 1, Runtime.getRuntime().availableProcessors(), 5_000,
                15_000);

        public Options {
            if (draws != 1 && (draws < Design.BLOCK || draws % Design.BLOCK != 0)) {
                throw new ModelException("draws: " + draws + " is neither 1 nor a multiple of " + Design.BLOCK);
            }
            if (threads < 1 || warmInstructions < 1 || countInstructions < 1) {
                throw new ModelException("threads, warm-up and counted instructions must be at least 1");
            }
        }

        /** The same with another number of draws. */
        public Options withDraws(int count) {
            return new Options(count, seed, threads, warmInstructions, countInstructions);
        }

        /** The same with another seed. */
        public Options withSeed(long other) {
            return new Options(draws, other, threads, warmInstructions, countInstructions);
        }
    }

    /** A named trace. */
    public record NamedTrace(String name, TraceSource source) {
    }

    private final List<CoreProfile> cores;
    private final List<Proposal> proposals;
    private final Options options;
    private final List<Design.Draw> draws;
    private final DoubleConsumer progress;

    /**
     * A predictor.
     *
     * @param progress is told the share that is done, from 0 to 1, from any thread
     */
    public Predictor(List<CoreProfile> cores, List<Proposal> proposals, Options options, DoubleConsumer progress) {
        this.cores = List.copyOf(cores);
        this.proposals = List.copyOf(proposals);
        this.options = options;
        this.progress = progress;
        draws = Design.draws(options.draws(), options.seed());
    }

    /**
     * Forecasts every proposal on every core and trace.
     *
     * @return in the order of traces, cores, proposals
     * @throws ModelException if a proposal selects nothing in a trace, or a trace is too short
     */
    public List<Prediction> predict(List<NamedTrace> traces) {
        List<Prediction> all = new ArrayList<>();
        try (ExecutorService workers = Executors.newFixedThreadPool(options.threads());
                ExecutorService reader = Executors.newSingleThreadExecutor()) {
            List<Future<Prepared>> prepared = new ArrayList<>();
            for (int t = 0; t < traces.size(); t++) {
                // The next trace is read while this one is replayed, and no more: each takes memory.
                for (int next = prepared.size(); next <= t + 1 && next < traces.size(); next++) {
                    NamedTrace trace = traces.get(next);
                    prepared.add(reader.submit(() -> prepare(trace, workers, null)));
                }
                double done = (double) t / traces.size();
                double share = 1.0 / traces.size();
                all.addAll(predict(await(prepared.set(t, null)), workers, x -> progress.accept(done + x * share)));
            }
        }
        return all;
    }

    /**
     * Forecasts those proposals that can be applied to a trace.
     *
     * @param absent gets, by the proposal's id, why another one cannot be
     */
    public List<Prediction> predictApplicable(NamedTrace trace, Map<String, String> absent) {
        try (ExecutorService workers = Executors.newFixedThreadPool(options.threads())) {
            return predict(prepare(trace, workers, absent), workers, progress);
        }
    }

    /** One program to replay: as recorded, or edited; with its windows. */
    private record Arm(Code code, Map<String, Replayer> replayers, Windows.Plan plan, List<Window> windows, int sites) {
    }

    /** A trace cut into windows, with all edits made: the first of the arms is as recorded. */
    private record Prepared(String trace, Windows.Plan plan, List<Arm> arms, List<Proposal> applied) {
    }

    private Prepared prepare(NamedTrace trace, ExecutorService workers, Map<String, String> absent) {
        Windows.Plan plan = Windows.plan(trace.source(), options);
        List<Segment> segments = Windows.of(trace.source(), plan);
        Code base = Code.of(trace.source().image());
        Future<Arm> plain = workers.submit(() -> arm(base, plan, Windows.compact(segments, base, s -> s), 0));
        List<Future<Arm>> edited = proposals.stream()
                .map(proposal -> workers.submit(() -> edited(proposal, trace, plan, segments, base))).toList();
        List<Arm> arms = new ArrayList<>(List.of(await(plain)));
        List<Proposal> applied = new ArrayList<>();
        for (int p = 0; p < proposals.size(); p++) {
            try {
                arms.add(await(edited.get(p)));
                applied.add(proposals.get(p));
            } catch (ModelException e) {
                if (absent == null) {
                    throw e;
                }
                absent.put(proposals.get(p).id(), e.getMessage());
            }
        }
        return new Prepared(trace.name(), plan, arms, applied);
    }

    private List<Prediction> predict(Prepared prepared, ExecutorService workers, DoubleConsumer done) {
        List<Arm> arms = prepared.arms();
        List<Proposal> applied = prepared.applied();
        Costs costs = replay(arms, workers, done);
        List<Prediction> predictions = new ArrayList<>();
        for (int c = 0; c < cores.size(); c++) {
            for (int p = 0; p < applied.size(); p++) {
                predictions.add(Summary.of(applied.get(p), cores.get(c).name(), prepared.trace(), draws, costs, c,
                        p + 1, prepared.plan(), arms.get(p + 1).sites()));
            }
        }
        return predictions;
    }

    private Arm edited(Proposal proposal, NamedTrace trace, Windows.Plan plan, List<Segment> segments, Code base) {
        Editor editor = new Editor(proposal, trace.source(), base, segments.getFirst().events());
        List<Segment> own = editor.movesData() ? Windows.moved(segments, trace.source(), plan, editor::moved) : segments;
        return arm(editor.code(), plan, Windows.compact(own, editor.code(), editor::apply), editor.sites());
    }

    private Arm arm(Code code, Windows.Plan plan, List<Window> windows, int sites) {
        Map<String, Replayer> replayers = new HashMap<>();
        cores.forEach(c -> replayers.computeIfAbsent(c.instructions(), column -> new Replayer(code, column)));
        return new Arm(code, replayers, plan, windows, sites);
    }

    /** Costs by core, arm and draw. */
    private Costs replay(List<Arm> arms, ExecutorService workers, DoubleConsumer done) {
        Costs costs = new Costs(new Replayer.Cost[cores.size()][arms.size()][draws.size()],
                new Replayer.Cost[cores.size()][arms.size()][draws.size()],
                new BranchOutcomes.Rate[cores.size()][arms.size()][draws.size()],
                cores.stream().mapToInt(core -> core.get(Constant.MARGINAL_ERROR)).toArray());
        Map<Long, List<Integer>> byLayout = new TreeMap<>();
        for (int d = 0; d < draws.size(); d++) {
            byLayout.computeIfAbsent(draws.get(d).layout(), k -> new ArrayList<>()).add(d);
        }
        List<Future<?>> running = new ArrayList<>();
        for (List<Integer> sameLayout : byLayout.values()) {
            List<Branches> passes = new ArrayList<>();
            for (int a = 0; a < arms.size(); a++) {
                Arm arm = arms.get(a);
                passes.add(new Branches(a, sameLayout, workers.submit(() -> branches(arm, sameLayout))));
            }
            // Behind all passes of the layout: a worker hardly ever waits for one.
            for (Branches pass : passes) {
                for (int c = 0; c < cores.size(); c++) {
                    int core = c;
                    running.add(workers.submit(() -> replay(arms.get(pass.arm()), core, pass, costs)));
                }
            }
        }
        for (int k = 0; k < running.size(); k++) {
            await(running.get(k));
            done.accept((k + 1.0) / running.size());
        }
        return costs;
    }

    /**
     * What the replays cost, by core, arm and draw.
     *
     * @param costs  of the timed operations
     * @param others of the same with the draw's other constants; null where it has none
     * @param rates  how often branches were mispredicted under the draw's layout
     * @param marginalErrors by core, the deviation of marginal costs from true ones, in percent
     */
    record Costs(Replayer.Cost[][][] costs, Replayer.Cost[][][] others, BranchOutcomes.Rate[][][] rates, int[] marginalErrors) {
    }

    /** The branches of an arm under the layout that some draws share, predicted by all cores. */
    private record Branches(int arm, List<Integer> draws, Future<Predicted> predicted) {
    }

    /**
     * What all cores predict under a layout.
     *
     * @param numbers of the windows that its draws time, in order
     * @param windows these windows
     */
    private record Predicted(Placement placement, int[] numbers, List<Window> windows, List<BranchOutcomes> byCore) {
    }

    private Predicted branches(Arm arm, List<Integer> sameLayout) {
        Placement placement = Placement.drawn(arm.code(), draws.get(sameLayout.getFirst()).layout());
        int[] numbers = sameLayout.stream().mapToInt(d -> window(arm, d)).sorted().distinct().toArray();
        List<Window> windows = Arrays.stream(numbers).mapToObj(arm.windows()::get).toList();
        return new Predicted(placement, numbers, windows, BranchOutcomes.of(arm.code(), cores, placement, windows));
    }

    private int window(Arm arm, int d) {
        return arm.plan().window(draws.get(d).segment(), draws.get(d).place());
    }

    private void replay(Arm arm, int c, Branches pass, Costs costs) {
        CoreProfile core = cores.get(c);
        Replayer replayer = arm.replayers().get(core.instructions());
        Predicted predicted = await(pass.predicted());
        BranchOutcomes outcomes = predicted.byCore().get(c);
        for (int d : pass.draws()) {
            Design.Draw draw = draws.get(d);
            int number = Arrays.binarySearch(predicted.numbers(), window(arm, d));
            Function<CoreProfile, Replayer.Cost> cost = profile -> replayer.replay(predicted.windows(), number, profile,
                    predicted.placement(), draw.colours(), outcomes);
            costs.costs()[c][pass.arm()][d] = cost.apply(draws.size() == 1 ? core : core.draw(draw.constants().quantiles()));
            if (draw.other() != null) {
                costs.others()[c][pass.arm()][d] = cost.apply(core.draw(draw.other().quantiles()));
            }
            costs.rates()[c][pass.arm()][d] = outcomes.rate();
        }
    }

    private static <T> T await(Future<T> task) {
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ModelException("interrupted before the forecast was done");
        }
    }
}
