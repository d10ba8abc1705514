package dev.cyclecast.cli;

import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.edit.Proposal;
import dev.cyclecast.model.predict.Prediction;
import dev.cyclecast.model.predict.Predictor;
import dev.cyclecast.trace.TraceReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code predict}: what proposals would gain. */
@Command(name = "predict", mixinStandardHelpOptions = true,
        description = "Forecasts what proposals would gain, with an interval: without arguments E1 to E4 on Zen 3, Zen 4 and Zen 5,"
                + " from the traces in traces/recorded/.")
final class PredictCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(arity = "0..*", paramLabel = "TRACE", description = "Traces of the proposals' base, the baseline for E1 to E4 (default: those in traces/recorded/).")
    private List<Path> files = List.of();

    @Option(names = "--core", split = ",", paramLabel = "CORE", description = "Cores: names, or profile files ending in .json.")
    private List<String> cores = CoreProfile.names();

    @Option(names = "--proposal", split = ",", paramLabel = "PROPOSAL",
            description = "Proposals: ids of shipped ones, or files ending in .json (default: E1 to E4).")
    private List<String> proposals = List.of();

    @Option(names = "--draws", paramLabel = "N", defaultValue = "64",
            description = "Joint draws of all that is uncertain: 1, or a multiple of 64 (default: ${DEFAULT-VALUE}).")
    private int draws;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
            description = "Seed of the draws; the same seed gives the same output (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--width", description = "Also show what the width of each interval comes from.")
    private boolean width;

    @Mixin
    private Output output;

    PredictCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        List<CoreProfile> profiles = cores.stream().map(CoreProfile::load).toList();
        List<Proposal> chosen = proposals.isEmpty() ? Proposal.shipped() : proposals.stream().map(Proposal::load).toList();
        Predictor predictor = new Predictor(profiles, chosen, Predictor.Options.DEFAULT.withDraws(draws).withSeed(seed),
                share -> terminal.progress("replaying: %.0f %%".formatted(100 * share)));
        List<TraceReader> traces = new ArrayList<>();
        try {
            for (Path file : files.isEmpty() ? ShippedTraces.list() : files) {
                traces.add(TraceReader.open(file));
            }
            List<Prediction> predictions = predictor.predict(
                    traces.stream().map(t -> new Predictor.NamedTrace(ShippedTraces.name(t.path()), t)).toList());
            PredictionText text = new PredictionText(terminal, predictions, seed);
            output.print(() -> text.text(width), text::csv, () -> text.json(traces.stream().map(t -> ShippedTraces.name(t.path())).toList(),
                    profiles.stream().map(CoreProfile::name).toList()));
        } finally {
            traces.forEach(TraceReader::close);
        }
        return Main.DONE;
    }
}
