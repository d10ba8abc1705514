package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.SessionFolder;
import dev.cyclecast.model.Constant;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.edit.Proposal;
import dev.cyclecast.model.predict.LayoutAverage;
import dev.cyclecast.model.predict.PairReplay;
import dev.cyclecast.model.predict.Predictor;
import dev.cyclecast.trace.TraceReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Forecasts and replays by the core model. */
public final class ModelForecasts implements Forecasts {
    private final List<Proposal> proposals;
    private final CoreProfile core;
    private final Predictor.Options options;
    /** The replays of what proposals start from, made once for all variants. */
    private final Map<Path, PairReplay> bases = new HashMap<>();

    /** For proposals that exist as variants of the allocator; others are left out. */
    public ModelForecasts(List<Proposal> proposals, CoreProfile core, Predictor.Options options) {
        this.proposals = proposals.stream().filter(p -> !p.variant().isEmpty()).toList();
        this.core = core;
        this.options = options;
        Set<String> ids = new HashSet<>();
        this.proposals.forEach(p -> {
            if (!ids.add(p.id())) {
                throw new CalibrationException("two of the proposals are called " + p.id() + "; leave one out, or give it another id");
            }
        });
        if (this.proposals.isEmpty()) {
            throw new CalibrationException("none of the proposals names a variant of the allocator that carries it out; give one"
                    + " with the key variant");
        }
    }

    @Override
    public List<Candidate> candidates() {
        return proposals.stream().map(p -> new Candidate(p.id(), p.base(), p.variant(), p.statedGain())).toList();
    }

    @Override
    public FromTrace forecast(String base, Path baseTrace, Shape shape) {
        List<Proposal> own = proposals.stream().filter(p -> p.base().equals(base)).toList();
        Map<String, String> absent = new LinkedHashMap<>();
        try (TraceReader trace = TraceReader.open(baseTrace)) {
            List<Forecast> forecasts = new Predictor(List.of(core), own, options, share -> { })
                    .predictApplicable(new Predictor.NamedTrace("base", trace), absent).stream()
                    .map(p -> new Forecast(p.proposal(), p.gainPercent(), p.low(), p.high(), p.level(), p.verdict(),
                            p.statedGain(), shape, null)).toList();
            return new FromTrace(forecasts, absent);
        }
    }

    @Override
    public Replayed replay(Path baseTrace, Path variantTrace) {
        PairReplay base = bases.computeIfAbsent(baseTrace, path -> {
            try (TraceReader trace = TraceReader.open(path)) {
                return new PairReplay(trace, core, options);
            }
        });
        try (TraceReader trace = TraceReader.open(variantTrace)) {
            PairReplay.Gain gain = base.gain(trace);
            boolean interval = !Double.isNaN(gain.low());
            return new Replayed(gain.gainPercent(), interval ? gain.low() : null, interval ? gain.high() : null);
        }
    }

    @Override
    public double cyclesPerOperation(Path path) {
        try (TraceReader trace = TraceReader.open(path)) {
            return LayoutAverage.cyclesPerOperation(trace, core, options);
        }
    }

    @Override
    public Map<String, String> inputs() {
        Map<String, String> inputs = new LinkedHashMap<>();
        proposals.forEach(p -> inputs.put("the proposal " + p.id(), hash(p)));
        inputs.put("the core profile " + core.name(), hash(core));
        inputs.put("the number or seed of the draws", options.draws() + " from seed " + options.seed());
        code().ifPresent(jar -> inputs.put("the model's code", SessionFolder.sha256(jar)));
        return inputs;
    }

    private static String hash(Proposal proposal) {
        try (InputStream shipped = Proposal.class.getResourceAsStream("/proposals/" + proposal.file())) {
            return SessionFolder.sha256(shipped == null ? Files.readAllBytes(Path.of(proposal.file())) : shipped.readAllBytes());
        } catch (IOException e) {
            throw new CalibrationException(proposal.file() + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private static String hash(CoreProfile core) {
        StringBuilder text = new StringBuilder(core.instructions());
        for (Constant constant : Constant.values()) {
            CoreProfile.Value value = core.constants().get(constant);
            text.append('\n').append(constant.key()).append(' ').append(value.value()).append(' ').append(value.low()).append(' ')
                    .append(value.high());
        }
        return SessionFolder.sha256(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The archive that holds the model; none where its classes lie in a folder. */
    private static Optional<Path> code() {
        try {
            Path place = Path.of(Predictor.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            return Files.isRegularFile(place) ? Optional.of(place) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
