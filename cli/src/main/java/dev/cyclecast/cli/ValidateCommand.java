package dev.cyclecast.cli;

import dev.cyclecast.allocator.Workload;
import dev.cyclecast.calibration.ab.Pinning;
import dev.cyclecast.calibration.validate.AllocatorPrograms;
import dev.cyclecast.calibration.validate.ModelForecasts;
import dev.cyclecast.calibration.validate.Scorecard;
import dev.cyclecast.calibration.validate.Validation;
import dev.cyclecast.calibration.validate.ValidationSettings;
import dev.cyclecast.model.edit.Proposal;
import dev.cyclecast.model.predict.Predictor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code validate}: forecasts first, then the real thing. */
@Command(name = "validate", mixinStandardHelpOptions = true,
        description = "Forecasts from the baseline, then builds and runs the real variants on this machine, and puts the two side by"
                + " side.")
final class ValidateCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--budget", paramLabel = "TIME", defaultValue = "300s", converter = DurationConverter.class,
            description = "How long it may take, such as 300s, 5m or 1h (default: ${DEFAULT-VALUE}).")
    private Duration budget;

    @Option(names = "--proposal", split = ",", paramLabel = "PROPOSAL",
            description = "Proposals with a real variant (default: E1 to E4).")
    private List<String> proposals = List.of();

    @Option(names = "--workload", paramLabel = "NAME", defaultValue = "mixed",
            description = "What the allocator is made to do: mixed, c6-heavy, single, tiny-hot or realloc (default: ${DEFAULT-VALUE}).")
    private String workload;

    @Option(names = "--pressure", paramLabel = "KIB", defaultValue = "0",
            description = "Size of a body of code that the workload walks between operations (default: ${DEFAULT-VALUE}).")
    private int pressureKib;

    @Mixin
    private Output output;

    ValidateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Path home = Path.of(System.getProperty("cyclecast.home"));
        List<Proposal> chosen = proposals.isEmpty() ? Proposal.shipped() : proposals.stream().map(Proposal::load).toList();
        Scorecard card = new Validation(ValidationSettings.of(home, budget), new AllocatorPrograms(home, chosenWorkload(), pressureKib),
                new ModelForecasts(chosen, Predictor.Options.DEFAULT), Pinning.detect(), InstantSource.system(),
                terminal::progress).run();
        output.print(() -> ScorecardText.text(terminal, card), () -> ScorecardText.rows(card), () -> card);
        return Main.DONE;
    }

    /** Forecasts are made from recordings, which need one thread and no file of the user's. */
    private Workload chosenWorkload() {
        Workload chosen = Workload.parse(workload);
        if (chosen == Workload.REPLAY || chosen == Workload.LARSON) {
            throw new InputException("--workload " + chosen.id() + ": cannot be validated; use mixed, c6-heavy, single, tiny-hot or realloc");
        }
        return chosen;
    }
}
