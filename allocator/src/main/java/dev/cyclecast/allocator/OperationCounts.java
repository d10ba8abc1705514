package dev.cyclecast.allocator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * How many calls of each kind an operation trace holds, by the size class that serves them. A realloc counts for the class of
 * the new size, a free for that of the block.
 */
public final class OperationCounts {
    /** A call of the malloc family. */
    public enum Call {
        MALLOC, CALLOC, REALLOC, MEMALIGN, FREE;

        /** The word in the file. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The size classes, what the tiny front end does not serve, and frees of a null pointer. */
    public static final int ROWS = RoutingSpec.CLASSES + 2;

    private static final int LARGE = RoutingSpec.CLASSES;
    private static final int NO_BLOCK = LARGE + 1;
    private static final int TINY_ALIGNMENT = 16;
    private static final String NULL = "0x0";

    private final RoutingSpec spec = new RoutingSpec();
    private final long[][] counts = new long[ROWS][Call.values().length];
    private final Map<String, Integer> live = new HashMap<>();
    private final Set<String> threads = new HashSet<>();

    private OperationCounts() {}

    /** Counts what a file holds. */
    public static OperationCounts of(Path file) {
        var counts = new OperationCounts();
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            long number = 1;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                counts.count(file, number++, line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return counts;
    }

    /** Calls of that kind in a row from 0 to {@link #ROWS} - 1. */
    public long count(int row, Call call) {
        return counts[row][call.ordinal()];
    }

    /** Calls of that kind. */
    public long count(Call call) {
        long sum = 0;
        for (int row = 0; row < ROWS; row++) {
            sum += count(row, call);
        }
        return sum;
    }

    /** All calls. */
    public long total() {
        long sum = 0;
        for (Call call : Call.values()) {
            sum += count(call);
        }
        return sum;
    }

    /** The number of threads that called. */
    public int threads() {
        return threads.size();
    }

    /** A row's name. */
    public static String rowName(int row) {
        return switch (row) {
            case LARGE -> "larger";
            case NO_BLOCK -> "null";
            default -> "C" + row;
        };
    }

    private void count(Path file, long number, String line) {
        List<String> words = words(line);
        if (words.isEmpty()) {
            return;
        }
        try {
            threads.add(words.getFirst());
            switch (words.get(1)) {
                case "malloc" -> allocated(Call.MALLOC, words.get(2), row(size(words, 3), 1));
                case "calloc" -> allocated(Call.CALLOC, words.get(2),
                        row(Math.multiplyExact(size(words, 3), size(words, 4)), 1));
                case "memalign" -> allocated(Call.MEMALIGN, words.get(2), row(size(words, 4), size(words, 3)));
                case "realloc" -> {
                    live.remove(words.get(3));
                    allocated(Call.REALLOC, words.get(2), row(size(words, 4), 1));
                }
                case "free" -> {
                    Integer row = live.remove(words.get(2));
                    counts[row == null ? NO_BLOCK : row][Call.FREE.ordinal()]++;
                }
                case "thread_done" -> {}
                default -> throw malformed(file, number, "unknown operation '" + words.get(1) + "'");
            }
        } catch (IndexOutOfBoundsException e) {
            throw malformed(file, number, "a field is missing");
        } catch (NumberFormatException | ArithmeticException e) {
            throw malformed(file, number, "a size is no number that a program could ask for");
        }
    }

    private void allocated(Call call, String address, int row) {
        counts[row][call.ordinal()]++;
        if (!address.equals(NULL)) {
            live.put(address, row);
        }
    }

    private int row(long size, long alignment) {
        return size > spec.largestTinySize() || alignment > TINY_ALIGNMENT ? LARGE : spec.classOf((int) size);
    }

    private static long size(List<String> words, int at) {
        return Long.parseUnsignedLong(words.get(at));
    }

    private static List<String> words(String line) {
        var words = new ArrayList<String>();
        int at = 0;
        while (at < line.length()) {
            int space = line.indexOf(' ', at);
            int end = space < 0 ? line.length() : space;
            if (end > at) {
                words.add(line.substring(at, end));
            }
            at = end + 1;
        }
        return words;
    }

    private static AllocatorException malformed(Path file, long number, String what) {
        return new AllocatorException(file + ":" + number + ": " + what + "; record the file anew");
    }
}
