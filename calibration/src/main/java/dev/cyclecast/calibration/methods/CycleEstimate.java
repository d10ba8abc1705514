package dev.cyclecast.calibration.methods;

import dev.cyclecast.calibration.CalibrationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * KCachegrind's cycle estimate of both builds, from callgrind with its simulations of caches and branches:
 * {@code CEst = Ir + 10 Bm + 10 L1m + 100 LLm}, where {@code Bm} are conditional and indirect branches mispredicted. It is taken
 * per operation, from the difference of two runs, so that what is cold at first cancels. The caches are those that callgrind
 * finds in the host. Events count in the functions in which a driver makes its operations: what it prints takes more
 * instructions in one run than in another.
 *
 * @see <a href="https://invent.kde.org/sdk/kcachegrind">KCachegrind</a>, {@code GlobalConfig::knownFormula}
 */
final class CycleEstimate implements Method {
    private static final long FEWER_OPERATIONS = 10_000;
    private static final long MORE_OPERATIONS = 30_000;
    private static final List<String> COUNTED = List.of("--toggle-collect=run_quiet", "--toggle-collect=run_under_pressure");
    private static final Map<String, Integer> WEIGHTS = Map.of("Ir", 1, "Bcm", 10, "Bim", 10, "I1mr", 10, "D1mr", 10,
            "D1mw", 10, "ILmr", 100, "DLmr", 100, "DLmw", 100);

    private final Map<List<String>, Double> costs = new HashMap<>();

    @Override
    public String name() {
        return "callgrind CEst";
    }

    @Override
    public String inputs() {
        return "base and variant under callgrind";
    }

    @Override
    public Guess guess(Pair pair) {
        Optional<Path> valgrind = Tool.find("valgrind");
        return valgrind.isEmpty() ? Guess.none("valgrind is not installed: apt-get install valgrind")
                : Guess.ofCosts(perOperation(valgrind.get(), pair.base(), pair), perOperation(valgrind.get(), pair.variant(), pair));
    }

    private double perOperation(Path valgrind, Build build, Pair pair) {
        return (cost(valgrind, build, pair, MORE_OPERATIONS) - cost(valgrind, build, pair, FEWER_OPERATIONS))
                / (MORE_OPERATIONS - FEWER_OPERATIONS);
    }

    private synchronized double cost(Path valgrind, Build build, Pair pair, long operations) {
        List<String> program = new ArrayList<>(List.of(build.program().toAbsolutePath().toString()));
        program.addAll(pair.arguments().apply(operations));
        program.addAll(List.of("--warmup", "0"));
        return costs.computeIfAbsent(program, p -> run(valgrind, p));
    }

    private static double run(Path valgrind, List<String> program) {
        try {
            Path file = Files.createTempFile("cyclecast-callgrind-", ".out");
            try {
                List<String> command = new ArrayList<>(List.of(valgrind.toString(), "--tool=callgrind", "--cache-sim=yes",
                        "--branch-sim=yes", "--callgrind-out-file=" + file));
                command.addAll(COUNTED);
                command.addAll(program);
                Tool.run(command, "");
                return parse(Files.readAllLines(file));
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new CalibrationException("callgrind's result cannot be read: " + e.getMessage(), e);
        }
    }

    /** The estimate of a whole run, from callgrind's file. */
    static double parse(List<String> lines) {
        String[] events = words(lines, "events:");
        String[] sums = words(lines, "totals:");
        long estimate = 0;
        int known = 0;
        for (int e = 0; e < events.length; e++) {
            Integer weight = WEIGHTS.get(events[e]);
            if (weight != null) {
                known++;
                // Zeros at the end of a line may be left out.
                estimate += weight * (e < sums.length ? number(sums[e]) : 0);
            }
        }
        if (known < WEIGHTS.size()) {
            throw new CalibrationException("callgrind counted " + String.join(" ", events)
                    + "; the estimate takes " + String.join(", ", WEIGHTS.keySet().stream().sorted().toList()));
        }
        return estimate;
    }

    private static String[] words(List<String> lines, String key) {
        return lines.stream().filter(line -> line.startsWith(key)).findFirst()
                .map(line -> line.substring(key.length()).strip().split("\\s+"))
                .orElseThrow(() -> new CalibrationException("callgrind's result has no line '" + key + " ...'"));
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new CalibrationException("callgrind's result counts '" + text + "' events, which is no number", e);
        }
    }
}
