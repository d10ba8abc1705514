package dev.cyclecast.cli;

import static dev.cyclecast.cli.Json.object;

import dev.cyclecast.allocator.AllocatorBuild;
import dev.cyclecast.allocator.OperationCounts;
import dev.cyclecast.allocator.OperationCounts.Call;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code operations}: runs a program and writes down what it asks of malloc. */
@Command(name = "operations", mixinStandardHelpOptions = true,
        customSynopsis = "cyclecast operations [-o FILE] -- PROGRAM [ARGUMENT]...",
        description = "Runs a program, natively, and stores its calls of the malloc family with their sizes, in the text form of"
                + " Android's record_allocs, for the workload replay; counts them by size class. Programs that it starts are"
                + " stored in FILE.PID.")
final class OperationsCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "The operation trace (default: the program's name with .allocs).")
    private Path file;

    @Parameters(arity = "1..*", paramLabel = "PROGRAM", description = "The program and its arguments.")
    private List<String> command;

    @Mixin
    private Output output;

    OperationsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path trace = file != null ? file : Path.of(Path.of(command.getFirst()).getFileName() + ".allocs");
        terminal.progress("recording the operations of " + String.join(" ", command) + " ...");
        Path library = AllocatorBuild.atHome().recordAllocs();
        Path folder = trace.toAbsolutePath().getParent();
        String partial = "." + trace.getFileName() + "." + UUID.randomUUID() + ".partial";
        if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new InputException(folder + ": no folder that can be written to; name another with -o");
        }
        int status;
        List<Path> others = new ArrayList<>();
        try {
            status = run(library, folder.resolve(partial));
            if (!Files.exists(folder.resolve(partial)) || Files.size(folder.resolve(partial)) == 0) {
                throw new InputException(command.getFirst() + ": nothing was recorded (exit " + status + "); a program must be linked"
                        + " dynamically, run with your rights, and not die of a signal");
            }
            for (Path found : list(folder, partial)) {
                String suffix = found.getFileName().toString().substring(partial.length());
                Path target = folder.resolve(trace.getFileName() + suffix);
                Files.move(found, target, StandardCopyOption.REPLACE_EXISTING);
                if (!suffix.isEmpty()) {
                    others.add(target);
                }
            }
        } finally {
            for (Path left : list(folder, partial)) {
                Files.delete(left);
            }
        }
        print(trace, OperationCounts.of(trace), others, status);
        return Main.DONE;
    }

    private int run(Path library, Path target) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.INHERIT);
        Map<String, String> environment = builder.environment();
        environment.merge("LD_PRELOAD", library.toString(), (given, ours) -> ours + ":" + given);
        environment.put("CYCLECAST_ALLOCS_FILE", target.toString());
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new InputException(command.getFirst() + ": cannot be started; check that it is there and executable");
        }
        // What the program prints must not stand between JSON or CSV.
        Thread out = pass(process.getInputStream(), output.isForPeople() ? terminal.out() : terminal.err());
        Thread err = pass(process.getErrorStream(), terminal.err());
        int status = process.waitFor();
        out.join();
        err.join();
        return status;
    }

    /** Passes on what a program prints; the rest is dropped if nobody takes it any more. */
    private static Thread pass(InputStream from, OutputStream to) {
        return Thread.ofVirtual().start(() -> {
            try (from) {
                from.transferTo(to);
                to.flush();
            } catch (IOException e) {
                // The program sees a closed pipe, as it would without us.
            }
        });
    }

    private static List<Path> list(Path folder, String start) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder,
                path -> path.getFileName().toString().startsWith(start))) {
            files.forEach(found::add);
        }
        found.sort(null);
        return found;
    }

    private void print(Path trace, OperationCounts counts, List<Path> others, int status) {
        Table table = new Table(Stream.concat(Stream.of(Table.Column.words("class", "class")),
                Stream.of(Call.values()).map(call -> Table.Column.numbers(call.id(), call.id(), "%,d"))).toArray(Table.Column[]::new));
        List<Object> classes = new ArrayList<>();
        for (int row = 0; row < OperationCounts.ROWS; row++) {
            List<Object> cells = new ArrayList<>(List.of(OperationCounts.rowName(row)));
            Map<String, Object> json = new LinkedHashMap<>(Map.of("class", OperationCounts.rowName(row)));
            for (Call call : Call.values()) {
                cells.add(counts.count(row, call));
                json.put(call.id(), counts.count(row, call));
            }
            table.row(cells.toArray());
            classes.add(json);
        }
        output.print(() -> "%s  %,d operations of %d thread%s, exit %d%n%s%s".formatted(trace, counts.total(), counts.threads(),
                        counts.threads() == 1 ? "" : "s", status, table.text(terminal, "    "),
                        others.isEmpty() ? "" : "programs that it started: %d, the first in %s%n".formatted(others.size(), others.getFirst())),
                () -> table,
                () -> object("output", trace.toString(), "operations", counts.total(), "threads", counts.threads(),
                        "exitStatus", status, "classes", classes, "others", others.stream().map(Path::toString).toList()));
    }
}
