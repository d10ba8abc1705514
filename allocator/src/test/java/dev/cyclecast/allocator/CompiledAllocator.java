package dev.cyclecast.allocator;

import dev.cyclecast.allocator.Outcome.Answer;
import dev.cyclecast.allocator.Outcome.Contents;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;

/** A compiled allocator behind {@code allocator_pipe}: sequences go in as text, answers come back as text. */
final class CompiledAllocator implements Allocator, AutoCloseable {
    private static final int CACHES = 9;
    private static final int COUNTERS = 32;

    private final String name;
    private final Path program;
    private final String command;
    private final Process process;
    private final OutputStream input;
    private final InputStream output;
    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private int limit;

    /** Starts a program that {@link AllocatorBuild#pipe} has built, under the name that messages use for it. */
    CompiledAllocator(String name, Path program) {
        this(name, program, program.toString(), new ProcessBuilder(program.toString()));
    }

    private CompiledAllocator(String name, Path program, String command, ProcessBuilder builder) {
        this.name = name;
        this.program = program;
        this.command = command;
        builder.environment().keySet().removeIf(variable -> variable.startsWith("HAKMEM_"));
        try {
            process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException e) {
            throw new AllocatorException("cannot run " + program + ": " + e.getMessage(), e);
        }
        input = process.getOutputStream();
        output = process.getInputStream();
    }

    /** Starts {@link AllocatorBuild#libraryPipe} on a library. */
    static CompiledAllocator on(Library library, Path program) {
        var builder = new ProcessBuilder(program.toString());
        builder.environment().put("LD_PRELOAD", library.file().toString());
        var allocator = new CompiledAllocator(library.file().toString(), program, "LD_PRELOAD=" + library.file() + " " + program,
                builder);
        allocator.line();
        return allocator;
    }

    @Override
    public Outcome run(Sequence sequence) {
        send(sequence);
        return receive(sequence);
    }

    /** Hands a sequence over; {@link #receive} must follow. */
    void send(Sequence sequence) {
        try {
            input.write(sequence.text().getBytes(StandardCharsets.US_ASCII));
            input.flush();
        } catch (IOException e) {
            throw new AllocatorException(program + " has ended: " + e.getMessage(), e);
        }
    }

    /** What the sequence sent last has done. */
    Outcome receive(Sequence sequence) {
        var answers = new ArrayList<Answer>(sequence.operations().size());
        for (;;) {
            int first = peek();
            if (first == 'e' && startsWithEnd()) {
                return new Outcome(answers, line().substring("end ".length()));
            }
            answers.add(first == 's' ? statistics() : answer());
        }
    }

    /** The command that feeds a sequence to this allocator by hand. */
    String command() {
        return command;
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    public void close() {
        try {
            input.close();
            process.waitFor();
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private Answer answer() {
        long address = number(16);
        int header = (int) number(16);
        long usable = number(10);
        int error = (int) number(10);
        Contents contents = contents(word());
        String changed = word();
        int[] cached = new int[CACHES];
        for (int cache = 0; cache < CACHES; cache++) {
            cached[cache] = (int) number(10);
        }
        return new Answer(address, header, usable, error, contents, changed.equals("ok") ? -1 : Integer.parseInt(changed),
                cached, new long[0]);
    }

    private Answer statistics() {
        word();
        long[] counters = new long[COUNTERS];
        Arrays.setAll(counters, counter -> number(10));
        return new Answer(0, 0, 0, 0, Contents.OK, -1, new int[CACHES], counters);
    }

    private static Contents contents(String word) {
        return switch (word) {
            case "ok" -> Contents.OK;
            case "damaged" -> Contents.DAMAGED;
            default -> Contents.DIRTY;
        };
    }

    /** "end" at the start of a line; an address may start with an e too. */
    private boolean startsWithEnd() {
        while (limit - position < 2) {
            more();
        }
        return buffer[position + 1] == 'n';
    }

    private long number(int base) {
        long number = 0;
        for (int digit = Character.digit(next(), base); digit >= 0; digit = Character.digit(next(), base)) {
            number = number * base + digit;
        }
        return number;
    }

    private String word() {
        var word = new StringBuilder();
        for (int letter = next(); letter != ' ' && letter != '\n'; letter = next()) {
            word.append((char) letter);
        }
        return word.toString();
    }

    private String line() {
        var line = new StringBuilder();
        for (int letter = next(); letter != '\n'; letter = next()) {
            line.append((char) letter);
        }
        return line.toString();
    }

    private int next() {
        int next = peek();
        position++;
        return next;
    }

    private int peek() {
        if (position == limit) {
            more();
        }
        return buffer[position];
    }

    private void more() {
        try {
            System.arraycopy(buffer, position, buffer, 0, limit - position);
            limit -= position;
            position = 0;
            int got = output.read(buffer, limit, buffer.length - limit);
            if (got < 0) {
                throw new AllocatorException(program + " ended in the middle of an answer: "
                        + new String(buffer, 0, limit, StandardCharsets.US_ASCII));
            }
            limit += got;
        } catch (IOException e) {
            throw new AllocatorException("cannot read from " + program + ": " + e.getMessage(), e);
        }
    }
}
