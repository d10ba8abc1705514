package dev.cyclecast.cli;

import dev.cyclecast.model.CoreProfile;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The arguments of commands that replay one trace on one core. */
final class TraceOnCore {
    @Parameters(paramLabel = "TRACE", description = "A .cct file.")
    private Path file;

    @Option(names = "--core", paramLabel = "CORE", defaultValue = "zen4",
            description = "A core's name, or a profile file ending in .json (default: ${DEFAULT-VALUE}).")
    private String core;

    /** The trace's file. */
    Path file() {
        return file;
    }

    /** The core, loaded. */
    CoreProfile core() {
        return CoreProfile.load(core);
    }
}
