package dev.cyclecast.cli;

import dev.cyclecast.model.CoreProfile;
import picocli.CommandLine.Option;

/** The option of commands that replay on one core. */
final class CoreOption {
    @Option(names = "--core", paramLabel = "CORE", defaultValue = "zen4",
            description = "A core's name, or a profile file ending in .json (default: ${DEFAULT-VALUE}).")
    private String core;

    /** The core, loaded. */
    CoreProfile load() {
        return CoreProfile.load(core);
    }
}
