package dev.cyclecast.trace;

import dev.cyclecast.trace.store.Block;
import dev.cyclecast.trace.store.TraceFileWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Stores any {@link TraceSource} as a {@code .cct} file. */
public final class TraceWriter {
    private static final int BATCH = 1 << 14;

    private TraceWriter() {
    }

    /**
     * Writes a whole trace; the file appears under its name only when it is complete.
     *
     * @throws TraceException           if the file cannot be written
     * @throws IllegalArgumentException if an event holds an address or a value that its instruction cannot have
     */
    public static void write(Path output, TraceSource source) {
        ProgramImage image = source.image();
        int n = image.instructions().size();
        try (TraceFileWriter file = new TraceFileWriter(output); TraceSource.Cursor cursor = source.cursor()) {
            int[] numbers = new int[n];
            for (int i = 0; i < n; i++) {
                Instruction instruction = image.instructions().get(i);
                numbers[file.instruction(Block.accesses(instruction), Block.isValued(instruction))] = i;
            }
            Stretches stretches = new Stretches(file, image);
            EventBatch batch = new EventBatch(BATCH);
            while (cursor.read(batch)) {
                int mark = 0;
                for (int i = 0; i <= batch.size; i++) {
                    for (; mark < batch.marks && batch.markAt[mark] == i; mark++) {
                        stretches.mark(batch.markKind[mark], batch.markValue[mark]);
                    }
                    if (i < batch.size) {
                        stretches.event(batch.instruction[i], batch.address0[i], batch.address1[i], batch.value[i]);
                    }
                }
            }
            stretches.flush();
            file.finish(source.header(), image, numbers);
        }
    }

    /** Cuts a stream of events into blocks: runs of neighbours in memory, at most up to a branch. */
    private static final class Stretches {
        private static final int LENGTH = 64;
        private final TraceFileWriter file;
        private final ProgramImage image;
        private final Map<Long, Block> known = new HashMap<>();
        private final int[] instructions = new int[LENGTH];
        private final long[] addresses = new long[LENGTH * Block.OPERANDS];
        private final int[] values = new int[LENGTH];
        private int length;
        private int accesses;
        private int valued;

        Stretches(TraceFileWriter file, ProgramImage image) {
            this.file = file;
            this.image = image;
        }

        void mark(byte kind, byte value) {
            flush();
            file.mark(kind, value);
        }

        void event(int number, long address0, long address1, int value) {
            if (length > 0 && number != instructions[length - 1] + 1) {
                flush();
            }
            Instruction i = image.instructions().get(number);
            int n = Block.accesses(i);
            boolean hasValue = Block.isValued(i);
            if (n < 1 && address0 != 0 || n < 2 && address1 != 0 || !hasValue && value != 0) {
                throw new IllegalArgumentException("an event of " + i.text() + " has an address or a value too many");
            }
            instructions[length++] = number;
            if (n > 0) {
                addresses[accesses++] = address0;
            }
            if (n > 1) {
                addresses[accesses++] = address1;
            }
            if (hasValue) {
                values[valued++] = value;
            }
            if (length == LENGTH || i.flow() != Flow.NEXT) {
                flush();
            }
        }

        void flush() {
            if (length > 0) {
                long key = (long) instructions[0] << 32 | length;
                Block block = known.computeIfAbsent(key, k -> file.block(Arrays.copyOf(instructions, length)));
                file.execute(block, addresses, values);
                length = 0;
                accesses = 0;
                valued = 0;
            }
        }
    }
}
