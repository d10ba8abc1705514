package dev.cyclecast.allocator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Builds the allocator's variants with gcc, each at most once: results lie under {@code build/allocator}, named by a hash
 * of sources, flags and compiler, and appear there only when they are complete.
 */
public final class AllocatorBuild {
    private static final List<String> COMMON_FLAGS =
            List.of("-std=gnu17", "-march=x86-64-v3", "-fcf-protection", "-Wall", "-Wextra", "-Werror");
    private static final List<String> OPTIMISED = List.of("-O3", "-g");
    /** Without these gcc turns calloc into a call of calloc. */
    private static final List<String> ALLOCATOR_FLAGS = List.of("-fno-builtin", "-fno-tree-loop-distribute-patterns");
    private static final List<String> SANITISED = List.of("-O2", "-g", "-fsanitize=thread");
    private static final List<String> MALLOC_FAMILY = List.of("malloc", "free", "calloc", "realloc", "aligned_alloc",
            "memalign", "posix_memalign", "valloc", "pvalloc", "malloc_usable_size");
    private static final List<String> EXECUTABLE = List.of("-fPIE");
    private static final List<String> SHARED =
            List.of("-fPIC", "-fvisibility=hidden", "-ftls-model=initial-exec");
    /** A thousand functions whose speed does not matter, only their size: compiled fast, and once for all layouts. */
    private static final List<String> FILLER_FLAGS =
            List.of("-O1", "-fno-align-jumps", "-fno-align-labels", "-ffunction-sections");
    /**
     * So that gcc does not leave out calls whose outcome it knows, such as a look at what calloc has cleared. The random
     * mixed driver goes without: its recorded traces are of code that was made so.
     */
    private static final List<String> PLAIN_CALLS = List.of("-fno-builtin");
    private static final int KEY_DIGITS = 16;

    private final Path sources;
    private final Path cache;
    private final Path fillerCache;
    private final Toolchain toolchain;
    private final String sourcesHash;

    /** Builds from the sources of the repository at home. */
    public AllocatorBuild(Path home) {
        this(home, home.resolve("build/allocator"));
    }

    /**
     * Builds from the sources of the repository at home into a folder of its own, where nothing was built before; only the
     * filler's object, which holds nothing of the allocator, is shared.
     */
    public AllocatorBuild(Path home, Path folder) {
        sources = home.resolve("allocator/src/main/c");
        cache = folder;
        fillerCache = home.resolve("build/allocator");
        if (!Files.isRegularFile(sources.resolve("hakmem.c"))) {
            throw new AllocatorException("no allocator sources in " + sources + "; give the root of the repository");
        }
        toolchain = Toolchain.find();
        sourcesHash = hashOfSources();
    }

    /** Builds from the repository that the system property {@code cyclecast.home} names. */
    public static AllocatorBuild atHome() {
        String home = System.getProperty("cyclecast.home");
        if (home == null) {
            throw new AllocatorException("the system property cyclecast.home is not set; it names the root of the repository");
        }
        return new AllocatorBuild(Path.of(home));
    }

    /** Whether this machine has the compiler and linker that building takes. */
    public static boolean isPossible() {
        return Toolchain.isInstalled("gcc") && Toolchain.isInstalled("ld");
    }

    /** Whether this machine has gold, the linker that layouts other than the default take. */
    public static boolean canOrderFunctions() {
        return Toolchain.isInstalled("ld.gold");
    }

    /** A hash of what everything is built from: the sources, the compiler and the assembler. */
    public String identity() {
        return key(List.of());
    }

    /** The compiler's name and version. */
    public String compiler() {
        return toolchain.version().lines().filter(line -> line.startsWith("gcc version")).findFirst().orElse("gcc").strip();
    }

    /** The random mixed driver linked with a variant of the allocator. */
    public Path driver(Variant variant, Shape shape, Layout layout) {
        return driver(variant, shape, layout, Workload.MIXED);
    }

    /** A workload's driver linked with a variant of the allocator. */
    public Path driver(Variant variant, Shape shape, Layout layout, Workload workload) {
        return driver(variant, shape, layout, workload, List.of());
    }

    /** The same with extra options for the compiler of the allocator. */
    Path driver(Variant variant, Shape shape, Layout layout, Workload workload, List<String> extraFlags) {
        List<Path> objects = concat(driverObjects(workload, layout),
                List.of(allocator(variant, shape, layout, extraFlags), filler()));
        return link(workload.program(), label(variant, shape, layout), objects, layout);
    }

    /** The random mixed driver with the baseline and so many cycles added to every malloc and free, outside all that overlaps. */
    public Path driverWithPlantedCycles(Layout layout, int cycles) {
        return driver(Variant.BASELINE, Shape.REFERENCE, layout, Workload.MIXED, List.of("-DHAK_PLANTED_CYCLES=" + cycles));
    }

    /** The program that runs sequences of calls on a variant, built with extra options for the compiler. */
    public Path pipe(Variant variant, Shape shape, List<String> extraFlags) {
        return program("allocator_pipe", variant, shape, Layout.DEFAULT, extraFlags);
    }

    /** The threads-and-fork stress program linked with a variant of the allocator. */
    public Path stress(Variant variant, Shape shape) {
        return program("stress", variant, shape, Layout.DEFAULT, List.of());
    }

    /** Whether the compiler comes with ThreadSanitizer. */
    public boolean canSanitizeThreads() {
        return toolchain.hasLibrary("libtsan.so");
    }

    /**
     * The stress program under ThreadSanitizer, with extra options for the compiler. The allocator goes by other names there,
     * so that the sanitizer keeps its own malloc, and sees all that ours does as a program's work on its memory.
     */
    public Path stressUnderThreadSanitizer(Variant variant, Shape shape, List<String> extraFlags) {
        List<String> flags = concat(COMMON_FLAGS, EXECUTABLE, SANITISED, ALLOCATOR_FLAGS, renamed());
        List<String> objects = List.of(
                object("stress.c", flags).toString(),
                object("hakmem.c", concat(flags, variant.definitions(), List.of(shape.definition()), extraFlags)).toString());
        Path folder = cache.resolve(variant.id() + "-" + shape.id() + "-tsan-"
                + key(objects.stream().map(object -> Path.of(object).getFileName().toString()).toList()));
        return make(folder, "stress",
                target -> toolchain.gcc(concat(SANITISED, List.of("-pie", "-o", target.toString()), objects)));
    }

    private static List<String> renamed() {
        return MALLOC_FAMILY.stream().map(name -> "-D" + name + "=hak_" + name).toList();
    }

    /** The random mixed driver on the C library's own allocator. */
    public Path driverOnSystemAllocator() {
        return driverOnSystemAllocator(Workload.MIXED);
    }

    /** A workload's driver on the C library's own allocator, or on one that is preloaded. */
    public Path driverOnSystemAllocator(Workload workload) {
        List<Path> objects = concat(driverObjects(workload, Layout.DEFAULT), List.of(filler()));
        return link(workload.program(), "system", objects, Layout.DEFAULT);
    }

    /** The program that runs sequences of calls on whatever malloc is preloaded. */
    public Path libraryPipe() {
        List<Path> objects = List.of(object("allocator_pipe.c",
                executable(Layout.DEFAULT, concat(PLAIN_CALLS, List.of("-DHAK_LIBRARY=1")))));
        return link("allocator_pipe", "library", objects, Layout.DEFAULT);
    }

    /** The shared library to be named in LD_PRELOAD. */
    public Path preload(Variant variant, Shape shape) {
        return preload(variant, shape, List.of());
    }

    /** The same, built with extra options for the compiler. */
    public Path preload(Variant variant, Shape shape, List<String> extraFlags) {
        List<String> flags = concat(COMMON_FLAGS, OPTIMISED, ALLOCATOR_FLAGS, SHARED, variant.definitions(),
                List.of(shape.definition()), extraFlags);
        Path object = object("hakmem.c", flags);
        return library("libcyclealloc.so", variant.id() + "-" + shape.id() + "-preload", object);
    }

    /** The shared library that, named in LD_PRELOAD, writes what a program asks of malloc to {@code CYCLECAST_ALLOCS_FILE}. */
    public Path recordAllocs() {
        Path object = object("record_allocs.c", concat(COMMON_FLAGS, OPTIMISED, PLAIN_CALLS, SHARED));
        return library("librecordallocs.so", "record-allocs", object);
    }

    private Path library(String name, String label, Path object) {
        Path folder = cache.resolve(label + "-" + key(List.of(object.getFileName().toString())));
        return make(folder, name, target -> toolchain.gcc(List.of("-shared", "-o", target.toString(), object.toString())));
    }

    /** Compiles a variant without writing anything: an error if the compiler complains. */
    void check(Variant variant, Shape shape) {
        toolchain.gcc(concat(COMMON_FLAGS, ALLOCATOR_FLAGS, variant.definitions(), List.of(shape.definition(), "-fsyntax-only",
                sources.resolve("hakmem.c").toString())));
    }

    private Path program(String name, Variant variant, Shape shape, Layout layout, List<String> extraFlags) {
        Path object = object(name + ".c", executable(layout, PLAIN_CALLS));
        return link(name, label(variant, shape, layout), List.of(object, allocator(variant, shape, layout, extraFlags)), layout);
    }

    private List<Path> driverObjects(Workload workload, Layout layout) {
        List<String> calls = workload.program().equals(Workload.MIXED.program()) ? List.of() : PLAIN_CALLS;
        var objects = new ArrayList<Path>();
        for (String source : workload.sources()) {
            objects.add(object(source, executable(layout, calls)));
        }
        objects.add(object("driver.c", executable(layout, List.of())));
        return objects;
    }

    private Path allocator(Variant variant, Shape shape, Layout layout, List<String> extraFlags) {
        return object("hakmem.c", executable(layout, concat(ALLOCATOR_FLAGS, variant.definitions(),
                List.of(shape.definition()), extraFlags)));
    }

    private static String label(Variant variant, Shape shape, Layout layout) {
        return variant.id() + "-" + shape.id() + "-layout" + layout.number();
    }

    private static List<String> executable(Layout layout, List<String> more) {
        List<String> sections = layout.functionOrderSeed().isPresent() ? List.of("-ffunction-sections") : List.of();
        return concat(COMMON_FLAGS, OPTIMISED, EXECUTABLE, sections, layout.compilerFlags(), more);
    }

    private Path filler() {
        return object(fillerCache, "pressure.c", concat(COMMON_FLAGS, EXECUTABLE, FILLER_FLAGS));
    }

    private Path object(String source, List<String> flags) {
        return object(cache, source, flags);
    }

    private Path object(Path root, String source, List<String> flags) {
        String stem = source.substring(0, source.lastIndexOf('.'));
        var arguments = concat(flags, List.of("-c", sources.resolve(source).toString()));
        return make(root.resolve("objects"), stem + "-" + key(concat(List.of(source), flags)) + ".o",
                target -> toolchain.gcc(concat(arguments, List.of("-o", target.toString()))));
    }

    private Path link(String name, String label, List<Path> objects, Layout layout) {
        List<String> names = objects.stream().map(Path::toString).toList();
        var identity = new ArrayList<>(objects.stream().map(object -> object.getFileName().toString()).toList());
        identity.add(layout.functionOrderSeed().toString());
        Path folder = cache.resolve(label + "-" + key(identity));
        if (layout.functionOrderSeed().isEmpty()) {
            return make(folder, name, target -> toolchain.gcc(concat(names, List.of("-pie", "-o", target.toString()))));
        }
        Toolchain.require("ld.gold", "binutils-gold (binutils up to Debian 12)");
        return make(folder, name, target -> {
            Path order = Files.createTempFile(cache, "order-", ".txt");
            try {
                Files.write(order, functionOrder(objects, layout.functionOrderSeed().getAsLong()));
                toolchain.gcc(concat(names, List.of("-pie", "-fuse-ld=gold", "-Wl,--section-ordering-file=" + order,
                        "-o", target.toString())));
            } finally {
                Files.deleteIfExists(order);
            }
        });
    }

    private List<String> functionOrder(List<Path> objects, long seed) {
        var sections = new ArrayList<String>();
        for (Path object : objects) {
            sections.addAll(toolchain.functionSections(object));
        }
        Collections.shuffle(sections, new Random(seed));
        return sections;
    }

    private interface Maker {
        void make(Path target) throws IOException;
    }

    /** The file of that name in the folder, made aside and moved into place unless it is there already. */
    private Path make(Path folder, String name, Maker maker) {
        Path result = folder.resolve(name);
        if (Files.exists(result)) {
            return result;
        }
        try {
            Files.createDirectories(folder);
            Path aside = folder.resolve("." + name + "." + UUID.randomUUID() + ".partial");
            try {
                maker.make(aside);
                Files.move(aside, result, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileAlreadyExistsException | AtomicMoveNotSupportedException e) {
                Files.move(aside, result, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(aside);
            }
            return result;
        } catch (IOException e) {
            throw new AllocatorException("cannot write " + result + ": " + e.getMessage(), e);
        }
    }

    private String key(List<String> parts) {
        MessageDigest digest = sha256();
        digest.update(sourcesHash.getBytes(StandardCharsets.UTF_8));
        digest.update(toolchain.version().getBytes(StandardCharsets.UTF_8));
        for (String part : parts) {
            digest.update(part.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, KEY_DIGITS);
    }

    private String hashOfSources() {
        MessageDigest digest = sha256();
        try (Stream<Path> files = Files.list(sources)) {
            for (Path file : files.filter(path -> path.toString().matches(".*\\.[ch]")).sorted().toList()) {
                digest.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new AllocatorException("cannot read the allocator sources in " + sources + ": " + e.getMessage(), e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    @SafeVarargs
    private static <T> List<T> concat(List<T>... lists) {
        var all = new ArrayList<T>();
        for (List<T> list : lists) {
            all.addAll(list);
        }
        return List.copyOf(all);
    }
}
