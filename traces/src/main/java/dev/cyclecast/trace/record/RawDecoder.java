package dev.cyclecast.trace.record;

import dev.cyclecast.trace.EventBatch;
import dev.cyclecast.trace.TraceException;
import dev.cyclecast.trace.store.Block;
import dev.cyclecast.trace.store.TraceFileWriter;
import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns the plug-in's words (described in its source) into executed blocks and marks of a trace. */
final class RawDecoder {
    private static final int CONTROL_MAPS = 1, CONTROL_TRANSLATED = 2, CONTROL_BEGIN = 3, CONTROL_END = 4,
            CONTROL_ITERATIONS = 5, CONTROL_SHORT = 6, CONTROL_POINTER = 7, CONTROL_THREAD = 8, CONTROL_GUEST_BASE = 9,
            CONTROL_EXIT = 10;
    private static final long WHOLE = 0xffffffffL;

    /** A block as it was translated: per instruction its address and its code in two words. */
    private static final class Translation {
        final long[] words;
        RawBlock block;

        Translation(long[] words) {
            this.words = words;
        }

        int count() {
            return words.length / 3;
        }
    }

    private final RawStream in;
    private final TraceFileWriter out;
    private final CodeTable code;
    private final LoadedFiles files;
    private final Landmarks landmarks = new Landmarks();
    private final Window window;
    private final OperationTracker operations = new OperationTracker();
    private final List<Translation> translations = new ArrayList<>();
    /** The blocks by their instructions; the emulator may translate one again. */
    private final Map<IntBuffer, RawBlock> blocks = new HashMap<>();
    private long[] addresses = new long[Block.LENGTH * Block.OPERANDS];
    private int[] values = new int[Block.LENGTH];

    /** The block under way, whose accesses are coming in; null outside. */
    private RawBlock current;
    /** Where it starts and ends in the translated block. */
    private int currentFirst;
    private int currentEnd;
    private long seen;
    private int seenAt = -1;
    private boolean opened;
    private boolean closed;
    private boolean counted;
    private boolean exited;
    private long threadPointer;
    /** The last operation begun. */
    private byte operation;

    RawDecoder(RawStream in, TraceFileWriter out, CodeTable code, LoadedFiles files, Window window) {
        this.in = in;
        this.out = out;
        this.code = code;
        this.files = files;
        this.window = window;
    }

    /** Whether the recording window was ever entered. */
    boolean opened() {
        return opened;
    }

    /** Whether the closing symbol was reached. */
    boolean closedBySymbol() {
        return closed;
    }

    /** Whether the program reached its count mark. */
    boolean counted() {
        return counted;
    }

    /** Whether the program ended by itself. */
    boolean exited() {
        return exited;
    }

    /** Value of the thread pointer, 0 if no access told it. */
    long threadPointer() {
        return threadPointer;
    }

    /** Reads to the end of the stream. */
    void run() throws IOException {
        while (in.hasNext()) {
            long word = in.next();
            switch ((int) (word >>> 62)) {
                case 0 -> enter(word);
                case 1 -> access(word);
                default -> control((int) (word >>> 56) & 0x3f, (int) word);
            }
        }
        leave();
        if (operations.inside()) {
            out.mark(EventBatch.END, operation);
        }
    }

    private void enter(long word) {
        leave();
        RawBlock block = block((int) word);
        if ((word & 1L << 61) != 0) {
            int index = (int) (word >>> 32) & 0x1ff;
            if (index >= block.length()) {
                return;
            }
            block = block.part(index, index + 1, code, landmarks, out);
            start(block, index, index + 1);
        } else {
            start(block, 0, translations.get((int) word).count());
        }
    }

    private void start(RawBlock block, int first, int end) {
        current = block;
        currentFirst = first;
        currentEnd = end;
        seenAt = -1;
        for (int i = block.stored.accessCount() - 1; i >= 0; i--) {
            addresses[i] = 0;
        }
        for (int i = block.stored.valueCount() - 1; i >= 0; i--) {
            values[i] = 0;
        }
    }

    private void access(long word) throws IOException {
        int value = (word & 1L << 60) != 0 ? (int) in.next() : 0;
        int index = ((int) (word >>> 48) & 0x1ff) - currentFirst;
        if (current == null || index < 0 || index >= current.length()) {
            return;
        }
        long address = word << 16 >> 16;
        if (index != seenAt) {
            seenAt = index;
            seen = 0;
        }
        int slot;
        if ((word & 1L << 61) != 0) {
            slot = current.store[index];
        } else if ((seen & 1) == 0) {
            seen |= 1;
            slot = current.load[index];
            if (current.value[index] >= 0) {
                values[current.value[index]] = value;
            }
        } else {
            slot = current.secondLoad[index];
        }
        if (slot >= 0) {
            addresses[slot] = address;
        }
    }

    /** The block under way has ended. */
    private void leave() {
        RawBlock block = current;
        if (block == null) {
            return;
        }
        current = null;
        if (block.marks == null) {
            if (block.callSlot >= 0 && operations.call(addresses[block.callSlot])) {
                executeWithEnd(block);
            } else {
                out.execute(block.stored, addresses, values);
            }
        } else {
            executeWithMarks(block);
            if (block.callSlot >= 0 && operations.call(addresses[block.callSlot])) {
                out.mark(EventBatch.END, operation);
            }
        }
        if (block.returnSlot >= 0 && operations.ret(addresses[block.returnSlot])) {
            out.mark(EventBatch.END, operation);
        }
    }

    /** The call at the end of the block shows that an operation was left by a jump: it ended before that call. */
    private void executeWithEnd(RawBlock block) {
        int last = block.length() - 1;
        int from = 0;
        if (last > 0) {
            RawBlock start = block.part(0, last, code, landmarks, out);
            out.execute(start.stored, addresses, values);
            from = start.stored.accessCount();
        }
        out.mark(EventBatch.END, operation);
        RawBlock call = block.part(last, last + 1, code, landmarks, out);
        out.execute(call.stored, Arrays.copyOfRange(addresses, from, from + Block.OPERANDS),
                Arrays.copyOfRange(values, values.length - 1, values.length));
    }

    /** Keeps only the instructions in front of an index of the translated block. */
    private void cut(long end) {
        if (current != null && end - currentFirst < current.length()) {
            current = end <= currentFirst ? null : current.part(0, (int) end - currentFirst, code, landmarks, out);
        }
    }

    private void executeWithMarks(RawBlock block) {
        int from = 0;
        int address = 0;
        int value = 0;
        for (int i = 0; i <= block.length(); i++) {
            if (i < block.length() && block.marks[i] == null) {
                continue;
            }
            if (i > from) {
                RawBlock part = block.part(from, i, code, landmarks, out);
                int addressEnd = address + part.stored.accessCount();
                int valueEnd = value + part.stored.valueCount();
                out.execute(part.stored, address == 0 ? addresses : Arrays.copyOfRange(addresses, address, addressEnd),
                        value == 0 ? values : Arrays.copyOfRange(values, value, valueEnd));
                address = addressEnd;
                value = valueEnd;
            }
            from = i;
            if (i < block.length()) {
                mark(block.marks[i]);
            }
        }
    }

    private void mark(byte[] mark) {
        if (mark[0] == EventBatch.COUNT) {
            if (!counted) {
                counted = true;
                out.mark(EventBatch.COUNT, (byte) 0);
            }
        } else if (operations.enter()) {
            operation = mark[1];
            out.mark(EventBatch.BEGIN, operation);
        }
    }

    /** The block with this number, made of whole instructions only. */
    private RawBlock block(int number) {
        Translation translation = translations.get(number);
        if (translation.block == null) {
            int n = translation.count();
            int[] numbers = new int[n];
            for (int i = 0; i < n; i++) {
                long[] w = translation.words;
                numbers[i] = code.number(w[3 * i], w[3 * i + 1], w[3 * i + 2]);
                if (numbers[i] < 0) {
                    if (i == 0 || i < n - 1) {
                        throw new TraceException("half an instruction at 0x" + Long.toHexString(w[3 * i])
                                + "; the emulator is not the QEMU 7.2 that the recorder knows");
                    }
                    numbers = Arrays.copyOf(numbers, i);
                }
            }
            translation.block = blocks.computeIfAbsent(IntBuffer.wrap(numbers),
                    key -> new RawBlock(key.array(), code, landmarks, out));
        }
        return translation.block;
    }

    private void maps() throws IOException {
        long address = in.next();
        String text = new String(in.nextBytes((int) in.next()), StandardCharsets.UTF_8);
        LoadedFile file = files.learn(text, address);
        long[] watches = {};
        if (file != null) {
            landmarks.learn(file);
            watches = window.watches(file);
        }
        long[] answer = new long[watches.length + 1];
        answer[0] = watches.length / 2;
        System.arraycopy(watches, 0, answer, 1, watches.length);
        in.send(answer);
    }

    private void control(int kind, int words) throws IOException {
        switch (kind) {
            case CONTROL_MAPS -> maps();
            case CONTROL_TRANSLATED -> {
                long number = in.next();
                long[] content = new long[3 * (int) in.next()];
                for (int i = 0; i < content.length; i++) {
                    content[i] = in.next();
                }
                if (number != translations.size()) {
                    throw new IllegalStateException("block " + number + " after " + translations.size());
                }
                translations.add(new Translation(content));
            }
            case CONTROL_BEGIN -> {
                opened = true;
                int number = (int) in.next();
                int index = (int) in.next();
                RawBlock block = block(number);
                if (index < block.length()) {
                    start(block.part(index, block.length(), code, landmarks, out), index,
                            translations.get(number).count());
                }
            }
            case CONTROL_END -> {
                in.next();
                long index = in.next();
                closed = index != WHOLE;
                cut(index);
                leave();
            }
            case CONTROL_ITERATIONS -> {
                long iterations = in.next();
                if (current != null && current.value[current.length() - 1] >= 0) {
                    values[current.value[current.length() - 1]] = (int) Math.min(iterations, Integer.MAX_VALUE);
                }
            }
            case CONTROL_SHORT -> {
                long missing = in.next();
                cut(currentEnd - missing);
            }
            case CONTROL_POINTER -> threadPointer = in.next();
            case CONTROL_THREAD -> throw new TraceException("the program starts a second thread; only programs with one"
                    + " thread can be recorded");
            case CONTROL_GUEST_BASE -> throw new TraceException("the emulator runs the program at another guest base than"
                    + " 0; use Debian's qemu-user 7.2 without options of its own");
            case CONTROL_EXIT -> exited = true;
            default -> throw new IllegalStateException("control word of kind " + kind + " with " + words + " words");
        }
    }
}
