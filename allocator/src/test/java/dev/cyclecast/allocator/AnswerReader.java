package dev.cyclecast.allocator;

import dev.cyclecast.allocator.Outcome.Answer;
import dev.cyclecast.allocator.Outcome.Contents;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;

/** Reads what {@code allocator_pipe} prints. */
final class AnswerReader {
    private static final int COUNTERS = 4 * RoutingSpec.CLASSES;

    private final InputStream input;
    private final String source;
    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private int limit;

    /** Reads from a stream; errors name its source. */
    AnswerReader(InputStream input, String source) {
        this.input = input;
        this.source = source;
    }

    /** The answers to one sequence as they were printed, and how it ended. */
    byte[] text() {
        var text = new ByteArrayOutputStream();
        for (boolean more = true; more; ) {
            more = !(peek() == 'e' && startsWithEnd());
            copyLine(text);
        }
        return text.toByteArray();
    }

    private void copyLine(ByteArrayOutputStream to) {
        for (;;) {
            peek();
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            boolean whole = end < limit;
            to.write(buffer, position, end + (whole ? 1 : 0) - position);
            position = end + (whole ? 1 : 0);
            if (whole) {
                return;
            }
        }
    }

    /** The answers to one sequence, and how it ended. */
    Outcome outcome() {
        var answers = new ArrayList<Answer>();
        for (;;) {
            int first = peek();
            if (first == 'e' && startsWithEnd()) {
                return new Outcome(answers, line().substring("end ".length()));
            }
            answers.add(first == 's' ? statistics() : answer());
        }
    }

    private Answer answer() {
        long address = number(16);
        int header = (int) number(16);
        long usable = number(10);
        int error = (int) number(10);
        Contents contents = contents(word());
        String changed = word();
        int[] cached = new int[ThreadCaches.COUNT];
        for (int cache = 0; cache < ThreadCaches.COUNT; cache++) {
            cached[cache] = (int) number(10);
        }
        return new Answer(address, header, usable, error, contents, changed.equals("ok") ? -1 : Integer.parseInt(changed),
                cached, new long[0]);
    }

    private Answer statistics() {
        word();
        long[] counters = new long[COUNTERS];
        Arrays.setAll(counters, counter -> number(10));
        return new Answer(0, 0, 0, 0, Contents.OK, -1, new int[ThreadCaches.COUNT], counters);
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

    /** The next line as it is. */
    String line() {
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
            int got = input.read(buffer, limit, buffer.length - limit);
            if (got < 0) {
                throw new AllocatorException(source + " ended in the middle of an answer: "
                        + new String(buffer, 0, limit, StandardCharsets.US_ASCII));
            }
            limit += got;
        } catch (IOException e) {
            throw new AllocatorException("cannot read from " + source + ": " + e.getMessage(), e);
        }
    }
}
