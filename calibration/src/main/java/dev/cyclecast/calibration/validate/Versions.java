package dev.cyclecast.calibration.validate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * What a scorecard was made with.
 *
 * @param revision revision of this repository, with {@code +} where it has changes that are not committed
 * @param compiler compiler of the allocator
 * @param jdk      Java that ran the model
 */
public record Versions(String revision, String compiler, String jdk) {
    /** The versions here and now, of the repository that the system property {@code cyclecast.home} names. */
    static Versions of(String compiler) {
        Path home = Path.of(System.getProperty("cyclecast.home", "."));
        String revision = git(home, "rev-parse", "--short=12", "HEAD");
        String changed = git(home, "status", "--porcelain", "--untracked-files=no");
        return new Versions(revision.isEmpty() ? "unknown" : revision + (changed.isEmpty() ? "" : "+"), compiler,
                System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
    }

    private static String git(Path home, String... arguments) {
        try {
            ProcessBuilder builder = new ProcessBuilder("git", "-C", home.toString());
            builder.command().addAll(List.of(arguments));
            Process git = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String out = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor() == 0 ? out : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
