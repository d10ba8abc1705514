package dev.cyclecast.allocator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A shared library that defines malloc, to be preloaded.
 *
 * @param file where it lies
 * @param calls the calls of the malloc family that it defines
 */
public record Library(Path file, Set<String> calls) {
    private static final int ELF_HEADER_BYTES = 20;
    private static final byte[] ELF_64 = {0x7F, 'E', 'L', 'F', 2, 1};
    private static final int MACHINE_OFFSET = 18;
    private static final int X86_64 = 62;
    private static final String FROM = " from ";

    public Library {
        calls = Set.copyOf(calls);
    }

    /** Checks the file that the first argument names; one line and exit code 1 if it cannot be used. */
    public static void main(String[] arguments) {
        try {
            open(Path.of(arguments[0]), AllocatorBuild.atHome());
        } catch (AllocatorException e) {
            System.err.println("cyclecast: " + e.getMessage());
            System.exit(1);
        }
    }

    /** The library in a file, after a program has been started on it to see that it is loaded and what it defines. */
    public static Library open(Path file, AllocatorBuild build) {
        checkElf(file);
        try {
            Path library = file.toRealPath();
            if (library.toString().matches(".*[\\s:].*")) {
                throw bad(library, "its path has a blank or a colon, at which LD_PRELOAD would cut it; copy it elsewhere");
            }
            return introduced(library, build.libraryPipe());
        } catch (IOException e) {
            throw new AllocatorException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Whether the library defines a call of that name. */
    public boolean has(String call) {
        return calls.contains(call);
    }

    private static void checkElf(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new AllocatorException("no library " + file + "; give the path of a shared library (.so)");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] header = in.readNBytes(ELF_HEADER_BYTES);
            if (header.length < ELF_HEADER_BYTES || !Arrays.equals(Arrays.copyOf(header, ELF_64.length), ELF_64)
                    || header[MACHINE_OFFSET] != X86_64) {
                throw bad(file, "it is no ELF file for x86-64; give a shared library (.so)");
            }
        } catch (IOException e) {
            throw new AllocatorException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static Library introduced(Path library, Path program) throws IOException {
        var builder = new ProcessBuilder(program.toString());
        builder.environment().put("LD_PRELOAD", library.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String introduction;
        String complaint;
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
                BufferedReader errors = process.errorReader(StandardCharsets.UTF_8)) {
            introduction = output.readLine();
            complaint = errors.readLine();
        }
        if (introduction == null) {
            throw bad(library, "a program that it is preloaded into ends at once" + (complaint == null ? "" : ": " + complaint));
        }
        Path definer = Path.of(introduction.substring(introduction.indexOf(FROM) + FROM.length()));
        if (!Files.isSameFile(library, definer)) {
            throw bad(library, complaint != null && complaint.startsWith("ERROR: ld.so") ? complaint
                    : "it defines no malloc; give a library that replaces the C library's");
        }
        Set<String> calls = Arrays.stream(introduction.substring(0, introduction.indexOf(FROM)).split(" "))
                .collect(Collectors.toSet());
        for (String call : List.of("free", "calloc", "realloc")) {
            if (!calls.contains(call)) {
                throw bad(library, "it defines malloc, but no " + call + "; give a library that defines both");
            }
        }
        return new Library(library, calls);
    }

    private static AllocatorException bad(Path file, String why) {
        return new AllocatorException("cannot use " + file + ": " + why);
    }
}
