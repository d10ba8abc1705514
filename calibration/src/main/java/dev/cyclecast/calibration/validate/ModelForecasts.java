package dev.cyclecast.calibration.validate;

import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.model.edit.Proposal;
import dev.cyclecast.model.predict.PairReplay;
import dev.cyclecast.model.predict.Prediction;
import dev.cyclecast.model.predict.Predictor;
import dev.cyclecast.trace.TraceReader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Forecasts and replays by the core model. */
public final class ModelForecasts implements Forecasts {
    private final List<Proposal> proposals;
    private final Predictor.Options options;
    /** The replays of what proposals start from, made once for all variants. */
    private final Map<Path, PairReplay> bases = new HashMap<>();

    /** For proposals that exist as variants of the allocator; others are left out. */
    public ModelForecasts(List<Proposal> proposals, Predictor.Options options) {
        this.proposals = proposals.stream().filter(p -> !p.variant().isEmpty()).toList();
        this.options = options;
    }

    @Override
    public List<Candidate> candidates() {
        return proposals.stream().map(p -> new Candidate(p.id(), p.base(), p.variant())).toList();
    }

    @Override
    public List<Forecast> forecast(String base, Path baseTrace, Shape shape, String core) {
        CoreProfile profile = CoreProfile.load(core);
        List<Proposal> own = proposals.stream().filter(p -> p.base().equals(base)).toList();
        try (TraceReader trace = TraceReader.open(baseTrace)) {
            // The reference shape keeps every name: what is not found there is a mistake in the proposal.
            List<Proposal> present = shape == Shape.REFERENCE ? own
                    : own.stream().filter(p -> hasSites(p, trace, profile)).toList();
            return present.isEmpty() ? List.of() : predict(present, trace, profile, options).stream()
                    .map(p -> new Forecast(p.proposal(), p.gainPercent(), p.low(), p.high(), p.level(), p.verdict(),
                            p.statedGain(), shape)).toList();
        }
    }

    /** Whether a proposal finds what it would change; a single draw tells. */
    private boolean hasSites(Proposal proposal, TraceReader trace, CoreProfile core) {
        try {
            predict(List.of(proposal), trace, core, options.withDraws(1));
            return true;
        } catch (ModelException e) {
            return false;
        }
    }

    private static List<Prediction> predict(List<Proposal> proposals, TraceReader trace, CoreProfile core,
                                            Predictor.Options options) {
        return new Predictor(List.of(core), proposals, options, share -> { })
                .predict(List.of(new Predictor.NamedTrace("base", trace)));
    }

    @Override
    public double replayedGainPercent(Path baseTrace, Path variantTrace, String core) {
        PairReplay base = bases.computeIfAbsent(baseTrace, path -> {
            try (TraceReader trace = TraceReader.open(path)) {
                return new PairReplay(trace, CoreProfile.load(core), options);
            }
        });
        try (TraceReader trace = TraceReader.open(variantTrace)) {
            return base.gain(trace).gainPercent();
        }
    }
}
