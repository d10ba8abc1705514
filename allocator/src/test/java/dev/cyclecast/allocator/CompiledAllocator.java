package dev.cyclecast.allocator;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A compiled allocator behind {@code allocator_pipe}: sequences go in as text, answers come back as text. */
final class CompiledAllocator implements Allocator, AutoCloseable {
    private final String name;
    private final Path program;
    private final String command;
    private final Process process;
    private final OutputStream input;
    private final AnswerReader answers;

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
        answers = new AnswerReader(process.getInputStream(), program.toString());
    }

    /** Starts {@link AllocatorBuild#libraryPipe} on a library. */
    static CompiledAllocator on(Library library, Path program) {
        var builder = new ProcessBuilder(program.toString());
        builder.environment().put("LD_PRELOAD", library.file().toString());
        var allocator = new CompiledAllocator(library.file().toString(), program, "LD_PRELOAD=" + library.file() + " " + program,
                builder);
        allocator.answers.line();
        return allocator;
    }

    @Override
    public Outcome run(Sequence sequence) {
        send(sequence);
        return receive();
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
    Outcome receive() {
        return answers.outcome();
    }

    /** The same, as it was printed. */
    byte[] receiveText() {
        return answers.text();
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
}
