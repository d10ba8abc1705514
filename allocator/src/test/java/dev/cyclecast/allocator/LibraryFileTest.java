package dev.cyclecast.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is no library with a malloc is refused in one line. */
class LibraryFileTest {
    @TempDir
    private Path folder;

    @Test
    void whatIsNoLibraryWithMallocIsOneLine() throws Exception {
        Path text = Files.writeString(folder.resolve("text.so"), "no library, but long enough to have a header\n");
        Path without = compile("without.so", "int answer = 42;");
        Path half = compile("half.so", "void *malloc(unsigned long size) { (void)size; return 0; }");
        Path fatal = compile("fatal.so", "__attribute__((constructor)) static void end(void) { __builtin_trap(); }");
        Path dangling = compile("dangling.so", "extern int nowhere(void); int (*there)(void) = nowhere;");
        Path blank = Files.copy(without, folder.resolve("a b.so"));
        assertRefused(folder.resolve("missing.so"), "no library .*; give the path of a shared library \\(.so\\)");
        assertRefused(folder, "no library .*; give the path of a shared library \\(.so\\)");
        assertRefused(text, "cannot use .*: it is no ELF file for x86-64; .*");
        assertRefused(without, "cannot use .*: it defines no malloc; .*");
        assertRefused(half, "cannot use .*: it defines malloc, but no free; .*");
        assertRefused(fatal, "cannot use .*: a program that it is preloaded into ends at once.*");
        assertRefused(dangling, "cannot use .*: a program that it is preloaded into ends at once: .*nowhere.*");
        assertRefused(blank, "cannot use .*: its path has a blank or a colon.*");
    }

    private Path compile(String name, String source) throws Exception {
        Gcc.build();
        Path code = Files.writeString(folder.resolve(name + ".c"), source + "\n");
        Path library = folder.resolve(name);
        Execution run = Execution.of(List.of("gcc", "-shared", "-fPIC", "-fno-builtin", "-o", library.toString(), code.toString()),
                Map.of());
        assertEquals(0, run.status(), run.errors());
        return library;
    }

    private static void assertRefused(Path file, String line) {
        var refused = assertThrows(AllocatorException.class, () -> Library.open(file, Gcc.build()), file::toString);
        assertTrue(refused.getMessage().matches(line), refused.getMessage());
    }
}
