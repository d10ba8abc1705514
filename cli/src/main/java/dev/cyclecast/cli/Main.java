package dev.cyclecast.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: parses arguments, runs one command, and turns what went wrong into one line and an exit code. */
@Command(name = "cyclecast", mixinStandardHelpOptions = true, version = "cyclecast 0.1.0",
        description = "Forecasts, in cycles, what an allocator optimisation will gain on an AMD Zen core before anyone writes it.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "cyclecast verify runs the project's tests.", "",
            "Exit codes: 0 done; 1 the input or the environment is at fault (one line says what); 2 usage.",
            "CYCLECAST_DEBUG=1 shows the stack trace behind a message; NO_COLOR=1 turns colours off;",
            "CYCLECAST_HEAP=4g gives more memory."})
public final class Main implements Runnable {
    /** The command did what it was asked to do. */
    static final int DONE = 0;
    /** The input or the environment is at fault. */
    static final int FAULT = 1;
    /** The arguments make no sense. */
    static final int USAGE = 2;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private Main() {
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        ResultStream results = new ResultStream(new FileOutputStream(FileDescriptor.out));
        Terminal terminal = Terminal.ofProcess(results);
        int code = run(terminal, arguments);
        if (results.failure() != null) {
            terminal.complain("cannot write the results: " + results.failure().getMessage() + "; write them elsewhere");
            code = FAULT;
        }
        System.exit(code);
    }

    /** Runs one command on a terminal; returns its exit code. */
    static int run(Terminal terminal, String... arguments) {
        PrintWriter out = new PrintWriter(terminal.out(), false);
        PrintWriter err = new PrintWriter(terminal.err(), true);
        CommandLine command = commandLine(terminal, arguments)
                .setOut(out)
                .setErr(err)
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colour()
                        ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((exception, parameters) -> usage(terminal, exception))
                .setExecutionExceptionHandler((exception, failed, parsed) -> Failure.report(terminal, exception));
        for (String name : List.of("record", "operations")) {
            CommandLine runner = command.getSubcommands().get(name);
            if (runner != null) {
                // What follows the program belongs to the program.
                runner.setStopAtPositional(true);
            }
        }
        int code;
        try {
            code = command.execute(arguments);
        } catch (Error error) {
            code = Failure.report(terminal, error);
        }
        out.flush();
        terminal.out().flush();
        return code;
    }

    /** The commands, in the order of the help. */
    static Map<String, Class<?>> commands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("predict", PredictCommand.class);
        commands.put("record", RecordCommand.class);
        commands.put("info", InfoCommand.class);
        commands.put("replay", ReplayCommand.class);
        commands.put("annotate", AnnotateCommand.class);
        commands.put("compare", CompareCommand.class);
        commands.put("profile", ProfileCommand.class);
        commands.put("calibrate", CalibrateCommand.class);
        commands.put("validate", ValidateCommand.class);
        commands.put("scorecard", ScorecardCommand.class);
        commands.put("cycles", CyclesCommand.class);
        commands.put("ab", AbCommand.class);
        commands.put("ablate", AblateCommand.class);
        commands.put("cores", CoresCommand.class);
        commands.put("build", BuildCommand.class);
        commands.put("operations", OperationsCommand.class);
        commands.put("bench", BenchCommand.class);
        return commands;
    }

    /** Only the command that is called is set up, for a fast start; all of them where none is, for the help. */
    private static CommandLine commandLine(Terminal terminal, String... arguments) {
        CommandFactory factory = new CommandFactory(terminal);
        CommandLine command = new CommandLine(new Main(), factory);
        Map<String, Class<?>> commands = commands();
        String called = Arrays.stream(arguments).filter(a -> !a.startsWith("-")).findFirst().orElse("");
        Set<String> needed = commands.containsKey(called) ? Set.of(called) : commands.keySet();
        commands.forEach((name, type) -> {
            if (needed.contains(name)) {
                command.addSubcommand(name, type);
            }
        });
        return command;
    }

    /** Without a command: shows what there is. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static int usage(Terminal terminal, ParameterException exception) {
        CommandLine command = exception.getCommandLine();
        String hint = UnmatchedArgumentException.printSuggestions(exception, new PrintWriter(PrintWriter.nullWriter()))
                ? " (did you mean " + String.join(" or ", ((UnmatchedArgumentException) exception).getSuggestions()) + "?)" : "";
        terminal.complain(exception.getMessage() + hint + "; try: " + command.getCommandSpec().qualifiedName() + " --help");
        return USAGE;
    }
}
