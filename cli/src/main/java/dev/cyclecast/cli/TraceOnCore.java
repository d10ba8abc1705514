package dev.cyclecast.cli;

import dev.cyclecast.model.CoreProfile;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The arguments of commands that replay one trace on one core. */
final class TraceOnCore {
    @Parameters(paramLabel = "TRACE", description = "A .cct file.")
    private Path file;

    @Mixin
    private CoreOption core;

    /** The trace's file. */
    Path file() {
        return file;
    }

    /** The core, loaded. */
    CoreProfile core() {
        return core.load();
    }
}
