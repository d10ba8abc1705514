package dev.cyclecast.model.predict;

import dev.cyclecast.model.Code;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.model.Placement;
import dev.cyclecast.model.Replayer;
import dev.cyclecast.model.Window;
import dev.cyclecast.model.edit.Editor;
import dev.cyclecast.model.edit.Proposal;
import dev.cyclecast.trace.TraceSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.DoubleConsumer;

/** Forecasts what proposals gain: base and edited program are replayed under the same joint draws of all that is uncertain. */
public final class Predictor {
    /**
     * How much to draw.
     *
     * @param draws           1, or a multiple of {@link Design#BLOCK}
     * @param seed            of all draws
     * @param threads         worker threads; the result does not depend on it
     * @param warmOperations  operations of a window that warm predictors up
     * @param countOperations operations of a window that are counted
     */
    public record Options(int draws, long seed, int threads, int warmOperations, int countOperations) {
        /** 64 draws on all processors. */
        public static final Options DEFAULT = new Options(Design.BLOCK, 1, Runtime.getRuntime().availableProcessors(), 250,
                450);

        public Options {
            if (draws != 1 && (draws < Design.BLOCK || draws % Design.BLOCK != 0)) {
                throw new ModelException("draws: " + draws + " is neither 1 nor a multiple of " + Design.BLOCK);
            }
            if (threads < 1 || warmOperations < 1 || countOperations < 1) {
                throw new ModelException("threads, warm-up and counted operations must be at least 1");
            }
        }

        /** The same with another number of draws. */
        public Options withDraws(int count) {
            return new Options(count, seed, threads, warmOperations, countOperations);
        }

        /** The same with another seed. */
        public Options withSeed(long other) {
            return new Options(draws, other, threads, warmOperations, countOperations);
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
        try (ExecutorService workers = Executors.newFixedThreadPool(options.threads())) {
            for (int t = 0; t < traces.size(); t++) {
                double done = (double) t / traces.size();
                double share = 1.0 / traces.size();
                all.addAll(predict(traces.get(t), workers, x -> progress.accept(done + x * share)));
            }
        }
        return all;
    }

    /** One program to replay: as recorded, or edited; with its windows. */
    private record Arm(Code code, Map<String, Replayer> replayers, List<Window> windows, int sites) {
    }

    private List<Prediction> predict(NamedTrace trace, ExecutorService workers, DoubleConsumer done) {
        List<Window> windows = Windows.of(trace.source(), Design.LEVELS, options.warmOperations(),
                options.countOperations());
        Code base = Code.of(trace.source().image());
        List<Arm> arms = new ArrayList<>();
        arms.add(arm(base, windows, 0));
        for (Proposal proposal : proposals) {
            Editor editor = new Editor(proposal, trace.source(), base, windows.getFirst().events());
            arms.add(arm(editor.code(), windows.stream().map(editor::apply).toList(), editor.sites()));
        }
        Replayer.Cost[][][] costs = replay(arms, workers, done);
        List<Prediction> predictions = new ArrayList<>();
        for (int c = 0; c < cores.size(); c++) {
            for (int p = 0; p < proposals.size(); p++) {
                predictions.add(Summary.of(proposals.get(p), cores.get(c).name(), trace.name(), draws, costs[c][0],
                        costs[c][p + 1], options.countOperations(), arms.get(p + 1).sites()));
            }
        }
        return predictions;
    }

    private Arm arm(Code code, List<Window> windows, int sites) {
        Map<String, Replayer> replayers = new HashMap<>();
        cores.forEach(c -> replayers.computeIfAbsent(c.instructions(), column -> new Replayer(code, column)));
        return new Arm(code, replayers, windows, sites);
    }

    /** Costs by core, arm and draw. */
    private Replayer.Cost[][][] replay(List<Arm> arms, ExecutorService workers, DoubleConsumer done) {
        Replayer.Cost[][][] costs = new Replayer.Cost[cores.size()][arms.size()][draws.size()];
        List<Future<?>> running = new ArrayList<>();
        for (int d = 0; d < draws.size(); d++) {
            int draw = d;
            running.add(workers.submit(() -> replay(arms, draw, costs)));
        }
        for (int d = 0; d < running.size(); d++) {
            await(running.get(d));
            done.accept((d + 1.0) / running.size());
        }
        return costs;
    }

    private void replay(List<Arm> arms, int d, Replayer.Cost[][][] costs) {
        Design.Draw draw = draws.get(d);
        for (int a = 0; a < arms.size(); a++) {
            Arm arm = arms.get(a);
            Placement placement = Placement.drawn(arm.code(), draw.layout());
            for (int c = 0; c < cores.size(); c++) {
                CoreProfile core = cores.get(c);
                CoreProfile drawn = draws.size() == 1 ? core : core.draw(draw.quantiles());
                costs[c][a][d] = arm.replayers().get(core.instructions())
                        .replay(arm.windows().get(draw.window()), drawn, placement, draw.colours());
            }
        }
    }

    private static void await(Future<?> task) {
        try {
            task.get();
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
