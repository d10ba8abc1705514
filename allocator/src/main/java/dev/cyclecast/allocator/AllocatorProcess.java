package dev.cyclecast.allocator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A compiled allocator in a process of its own, driven one call at a time over a pipe. Blocks are known by small numbers
 * that the caller chooses; the process fills each with a pattern of its number.
 */
public final class AllocatorProcess implements AutoCloseable {
    /** The number of blocks that can be told apart. */
    public static final int BLOCKS = 4096;

    private final Process process;
    private final Writer commands;
    private final BufferedReader answers;

    /**
     * What a call gave.
     *
     * @param address the user address
     * @param header the byte right before it, 0 to 255
     * @param usableBytes what malloc_usable_size says
     * @param route the front end that the block came from
     */
    public record Block(long address, int header, long usableBytes, Route route) {}

    /** The class of a size and the class's stride, as the compiled tables have them. */
    public record SizeClass(int number, int strideBytes) {}

    /** Starts a program that {@link AllocatorBuild#pipe} has built. */
    public AllocatorProcess(Path program) {
        try {
            process = new ProcessBuilder(program.toString()).start();
        } catch (IOException e) {
            throw new AllocatorException("cannot run " + program + ": " + e.getMessage(), e);
        }
        commands = process.outputWriter(StandardCharsets.US_ASCII);
        answers = process.inputReader(StandardCharsets.US_ASCII);
    }

    /** Calls malloc. */
    public Block malloc(int block, long size) {
        return block("m " + block + " " + size);
    }

    /** Calls aligned_alloc. */
    public Block alignedAlloc(int block, long alignment, long size) {
        return block("a " + block + " " + alignment + " " + size);
    }

    /** Calls calloc and looks at every byte. */
    public Block calloc(int block, long count, long size) {
        return block("z " + block + " " + count + " " + size);
    }

    /** Calls realloc and looks whether the bytes kept their contents. */
    public Block realloc(int block, long size) {
        return block("r " + block + " " + size);
    }

    /** Calls free; the front end that took the block back. */
    public Route free(int block) {
        return route(ask("f " + block));
    }

    /** Calls free twice with the same address. */
    public void freeTwice(int block) {
        ask("d " + block);
        answer();
    }

    /** Calls free with any address. */
    public void freeAddress(long address) {
        ask("x " + Long.toUnsignedString(address));
    }

    /** Whether the block still holds its pattern. */
    public boolean isIntact(int block) {
        return ask("k " + block).equals("ok");
    }

    /** The class of a size in the compiled table. */
    public SizeClass classOf(int size) {
        String[] words = ask("c " + size).split(" ");
        return new SizeClass(Integer.parseInt(words[0]), Integer.parseInt(words[1]));
    }

    @Override
    public void close() {
        try {
            commands.close();
            process.waitFor();
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private Block block(String command) {
        String[] words = ask(command).split(" ");
        if (words.length != 4) {
            throw new AllocatorException("'" + command + "' gave no block: " + String.join(" ", words));
        }
        return new Block(Long.parseUnsignedLong(words[0]), Integer.parseInt(words[1]), Long.parseLong(words[2]),
                route(words[3]));
    }

    private static Route route(String word) {
        try {
            return Route.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new AllocatorException("the allocator damaged a block: " + word, e);
        }
    }

    private String ask(String command) {
        try {
            commands.write(command);
            commands.write('\n');
            commands.flush();
        } catch (IOException e) {
            throw dead(e);
        }
        return answer();
    }

    private String answer() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw dead(null);
            }
            return line;
        } catch (IOException e) {
            throw dead(e);
        }
    }

    private AllocatorException dead(IOException cause) {
        String lastWords = process.errorReader(StandardCharsets.UTF_8).lines().findFirst().orElse("without a word");
        return new AllocatorException("the allocator's process ended: " + lastWords, cause);
    }
}
