package dev.cyclecast.calibration.ab;

import dev.cyclecast.calibration.CalibrationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Two executables, or one under two preloaded libraries. Nobody can place their code anew, so a layout is what the process
 * finds around it: the size of the environment, the distance of the stack from it, and (unless the kernel's setting is
 * off) the addresses that it draws for each process.
 */
public final class ForeignPrograms implements Subject {
    private static final Path RANDOMISATION = Path.of("/proc/sys/kernel/randomize_va_space");
    private static final int PAGE_BYTES = 4096;
    private static final int STACK_STEP_BYTES = 16;
    /** Each variable takes a pointer of 8 bytes between the stack and the texts. */
    private static final int VARIABLES_PER_STEP = 2;
    private static final int MOST_STEPS = 32;
    private static final int LISTING_SECONDS = 10;
    private static final int LISTING_BYTES = 1 << 20;

    private final Arm a;
    private final Arm b;
    private final Path hashedA;
    private final Path hashedB;

    private ForeignPrograms(Arm a, Arm b, Path hashedA, Path hashedB) {
        this.a = a;
        this.b = b;
        this.hashedA = hashedA;
        this.hashedB = hashedB;
    }

    /** Two executables with the same arguments; names without a slash are looked for on the path. */
    public static ForeignPrograms of(String a, String b, List<String> arguments) {
        Path first = executable(a);
        Path second = executable(b);
        List<String> names = names(a, b);
        return new ForeignPrograms(new Arm(names.getFirst(), first, arguments), new Arm(names.getLast(), second, arguments), first,
                second);
    }

    /** One executable with its arguments, under two libraries; the word {@code none} is no library. */
    public static ForeignPrograms preloaded(String a, String b, List<String> command) {
        if (command.isEmpty()) {
            throw new CalibrationException("no program to load " + a + " and " + b + " into; name it behind --");
        }
        Path program = executable(command.getFirst());
        List<String> arguments = command.subList(1, command.size());
        List<String> names = names(a, b);
        return new ForeignPrograms(underLibrary(names.getFirst(), program, arguments, a),
                underLibrary(names.getLast(), program, arguments, b), hashed(a, program), hashed(b, program));
    }

    private static Arm underLibrary(String name, Path program, List<String> arguments, String library) {
        if (isNone(library)) {
            return new Arm(name, program, arguments);
        }
        Path file = Path.of(library).toAbsolutePath().normalize();
        if (!Files.isRegularFile(file)) {
            throw new CalibrationException(library + ": no such library; check the path");
        }
        Arm arm = new Arm(name, program, arguments, Map.of("LD_PRELOAD", file.toString()));
        requireLoaded(arm, file);
        return arm;
    }

    /** The loader goes on without a library that it cannot load, and a static program has no loader. */
    private static void requireLoaded(Arm arm, Path library) {
        String listed = listed(arm);
        if (listed.lines().noneMatch(line -> line.strip().startsWith(library + " ("))) {
            String why = listed.lines().filter(line -> line.startsWith("ERROR: ld.so")).findFirst()
                    .orElse("the loader does not list it");
            throw new CalibrationException(library + ": is not loaded into " + arm.program() + " (" + why
                    + "); see that it is a library for this machine, without spaces or colons in its path, and the program not static");
        }
    }

    /** What the loader lists in place of running a program. */
    private static String listed(Arm arm) {
        List<String> command = new ArrayList<>(List.of(arm.program().toString()));
        command.addAll(arm.arguments());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().retainAll(List.of("PATH"));
        builder.environment().putAll(arm.environment());
        builder.environment().put("LD_TRACE_LOADED_OBJECTS", "1");
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            process.onExit().orTimeout(LISTING_SECONDS, TimeUnit.SECONDS).exceptionally(late -> process.toHandle().destroyForcibly()
                    ? process : process);
            String listed = new String(process.getInputStream().readNBytes(LISTING_BYTES), StandardCharsets.UTF_8);
            process.toHandle().destroyForcibly();
            return listed;
        } catch (IOException e) {
            throw new CalibrationException(arm.program() + ": cannot be started (" + e.getMessage() + "); see that it runs by itself", e);
        }
    }

    private static boolean isNone(String library) {
        return library.equals("none");
    }

    private static Path hashed(String library, Path program) {
        return isNone(library) ? program : Path.of(library);
    }

    /** As they were given; an A/A session's are told apart. */
    private static List<String> names(String a, String b) {
        return a.equals(b) ? List.of(a + " (A)", b + " (B)") : List.of(a, b);
    }

    private static Path executable(String name) {
        Path file = name.contains("/") ? Path.of(name) : Stream.of(String.valueOf(System.getenv("PATH")).split(":"))
                .filter(folder -> !folder.isEmpty()).map(folder -> Path.of(folder, name))
                .filter(ForeignPrograms::isExecutable).findFirst().orElse(Path.of(name));
        if (!isExecutable(file)) {
            throw new CalibrationException(name + ": no such executable file; give its path, such as ./" + file.getFileName());
        }
        return file.toAbsolutePath().normalize();
    }

    private static boolean isExecutable(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }

    @Override
    public String title() {
        return b.name() + " against " + a.name();
    }

    @Override
    public String layoutSource() {
        return "the process: environment size, stack offset, " + (randomised() ? "the kernel's address randomisation"
                : "no address randomisation (it is off here)");
    }

    private static boolean randomised() {
        try {
            return !Files.readString(RANDOMISATION).strip().equals("0");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public String layout(int number) {
        return "environment +%d bytes, stack +%d bytes".formatted(paddingBytes(number),
                STACK_STEP_BYTES * stackSteps(number));
    }

    @Override
    public LayoutPair pair(String comparison, int layout, long operations) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (int i = 0; i < VARIABLES_PER_STEP * stackSteps(layout); i++) {
            variables.put("CYCLECAST_STACK_" + i, "");
        }
        return new LayoutPair(comparison, layout, paddingBytes(layout), with(a, variables), with(b, variables));
    }

    private static Arm with(Arm arm, Map<String, String> variables) {
        Map<String, String> all = new LinkedHashMap<>(variables);
        all.putAll(arm.environment());
        return new Arm(arm.name(), arm.program(), arm.arguments(), all);
    }

    /** Layout 0 adds nothing. */
    private static int paddingBytes(int layout) {
        return layout == 0 ? 0 : new SplittableRandom(layout).nextInt(PAGE_BYTES);
    }

    private static int stackSteps(int layout) {
        return layout == 0 ? 0 : new SplittableRandom(~layout).nextInt(MOST_STEPS);
    }

    @Override
    public boolean takesOperations() {
        return false;
    }

    @Override
    public Hashes hashes() {
        return new Hashes(SessionFolder.sha256(hashedA), SessionFolder.sha256(hashedB));
    }
}
