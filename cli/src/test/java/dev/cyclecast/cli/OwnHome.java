package dev.cyclecast.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The command line as a process of its own, with a home of its own: what one test breaks there, no other one sees. */
final class OwnHome {
    private static final Path HOME = Path.of(System.getProperty("cyclecast.home"));
    private static final String SOURCES = "calibration/src/main/c";
    private static final String PATH = System.getenv("PATH");
    private static final String UNLIMITED = "unlimited";

    private final Path home;
    /** Stands before the classes, so that what is in it counts in place of what they bring. */
    private final Path resources;

    OwnHome(Path home) throws IOException {
        this.home = home;
        resources = Files.createDirectories(home.resolve("resources"));
        Path sources = Files.createDirectories(home.resolve(SOURCES));
        try (Stream<Path> all = Files.list(HOME.resolve(SOURCES))) {
            for (Path source : all.toList()) {
                Files.copy(source, sources.resolve(source.getFileName()));
            }
        }
    }

    /** Something in the home. */
    Path file(String name) {
        return home.resolve(name);
    }

    /** Gives a resource another text. */
    void resource(String name, String text) throws IOException {
        Path file = resources.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** Writes a shell script that can be run. */
    Path script(String name, String body) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        if (!file.toFile().setExecutable(true)) {
            throw new IOException(file + " cannot be made executable");
        }
        return file;
    }

    /** A folder that holds some tools and no others, for a search path. */
    String only(String... tools) throws IOException {
        Path folder = Files.createTempDirectory(home, "only");
        for (String tool : tools) {
            script(folder.getFileName() + "/" + tool, "PATH='%s' exec %s \"$@\"".formatted(PATH, tool));
        }
        return folder.toString();
    }

    /** Runs a command. */
    ChildProcess.Result run(String... arguments) throws Exception {
        return run(PATH, UNLIMITED, arguments);
    }

    /** Runs a command that finds programs in one folder. */
    ChildProcess.Result runFinding(String tools, String... arguments) throws Exception {
        return run(tools, UNLIMITED, arguments);
    }

    /** Runs a command no file of which may grow beyond some blocks of 512 bytes. */
    ChildProcess.Result runWithin(int blocks, String... arguments) throws Exception {
        return run(PATH, Integer.toString(blocks), arguments);
    }

    private ChildProcess.Result run(String path, String blocks, String[] arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "ulimit -f " + blocks + "; exec \"$@\"", "sh",
                Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xmx256m", "-XX:-UsePerfData", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-Dcyclecast.home=" + home, "-cp",
                resources + File.pathSeparator + System.getProperty("java.class.path"), "dev.cyclecast.cli.Main"));
        command.addAll(List.of(arguments));
        return ChildProcess.start(home, Map.of("PATH", path, "NO_COLOR", "1"), command).await();
    }
}
