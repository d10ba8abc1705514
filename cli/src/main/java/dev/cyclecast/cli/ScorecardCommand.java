package dev.cyclecast.cli;

import dev.cyclecast.calibration.ab.SessionFolder;
import dev.cyclecast.calibration.validate.Scorecard;
import dev.cyclecast.calibration.validate.Validation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code scorecard}: the record of a validation, once more or as a page. */
@Command(name = "scorecard", mixinStandardHelpOptions = true,
        description = "Shows what a session of validate found, or writes it as a Markdown page with the explanations of its misses.")
final class ScorecardCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "FOLDER", description = "The session's folder, build/validate/TIME.")
    private Path folder;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "Write the page to this file, such as docs/scorecard.md.")
    private Path page;

    @Option(names = "--explanations", paramLabel = "FILE",
            description = "Why forecasts missed, by row (default: scorecard-explanations.json beside the page).")
    private Path explanations;

    @Mixin
    private Output output;

    ScorecardCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Scorecard card = SessionFolder.open(folder, Validation.RESULT).read(Validation.RESULT, Scorecard.class);
        if (page == null) {
            output.print(() -> ScorecardText.text(terminal, card), () -> ScorecardText.rows(card), () -> card);
            return Main.DONE;
        }
        Path file = explanations == null ? page.resolveSibling("scorecard-explanations.json") : explanations;
        if (explanations != null && !Files.exists(file)) {
            throw new InputException(file + ": no such file; leave --explanations out, or write one");
        }
        String text = new ScorecardPage(card, Explanations.read(file)).text(file.getFileName().toString());
        Path aside = page.resolveSibling(page.getFileName() + ".part");
        Files.writeString(aside, text);
        Files.move(aside, page, StandardCopyOption.REPLACE_EXISTING);
        return Main.DONE;
    }
}
