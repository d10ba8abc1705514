package dev.cyclecast.trace;

/**
 * A stretch of executed instructions as parallel arrays, filled by {@link TraceSource.Cursor#read}; reused from call to call.
 *
 * <p>Event {@code i} executes instruction {@code instruction[i]} of the image. {@code address0[i]} and
 * {@code address1[i]} are the data addresses of its memory operands in the order of {@link Instruction#memory()}; a
 * memory operand that is read and written counts once; 0 where there is none. A {@code rep} instruction is one event: its
 * addresses are those of the first iteration, its value the number of iterations. {@code value[i]} is the value loaded,
 * zero-extended, for loads of 1, 2 and 4 bytes by the first memory operand, else 0. Whether a branch was taken follows
 * from the next event. Marks stand before the event that they name, in order; a mark may stand at {@code size}, behind
 * the last event.
 */
public final class EventBatch {
    /** Number of events now held. */
    public int size;
    /** Instruction numbers. */
    public final int[] instruction;
    /** First data address. */
    public final long[] address0;
    /** Second data address. */
    public final long[] address1;
    /** Value of a small load. */
    public final int[] value;
    /** Number of marks now held. */
    public int marks;
    /** Event before which each mark stands. */
    public int[] markAt;
    /** Kind of each mark: {@link #BEGIN}, {@link #END} or {@link #COUNT}. */
    public byte[] markKind;
    /** Operation (index into {@link TraceHeader#operations()}) of a BEGIN or END mark, else 0. */
    public byte[] markValue;

    /** Mark: an allocator operation begins (entry from outside the allocator). */
    public static final byte BEGIN = 0;
    /** Mark: the outermost allocator operation ended. */
    public static final byte END = 1;
    /** Mark: warm-up ends, counting begins. */
    public static final byte COUNT = 2;

    /** A batch for up to {@code capacity} events. */
    public EventBatch(int capacity) {
        instruction = new int[capacity];
        address0 = new long[capacity];
        address1 = new long[capacity];
        value = new int[capacity];
        markAt = new int[256];
        markKind = new byte[256];
        markValue = new byte[256];
    }

    /** Number of events that fit. */
    public int capacity() {
        return instruction.length;
    }

    /** Empties the batch. */
    public void clear() {
        size = 0;
        marks = 0;
    }

    /** Appends an event; the caller makes sure that there is room. */
    public void add(int instruction, long address0, long address1, int value) {
        int i = size++;
        this.instruction[i] = instruction;
        this.address0[i] = address0;
        this.address1[i] = address1;
        this.value[i] = value;
    }

    /** Appends a mark before the next event. */
    public void mark(byte kind, byte value) {
        if (marks == markAt.length) {
            markAt = java.util.Arrays.copyOf(markAt, 2 * marks);
            markKind = java.util.Arrays.copyOf(markKind, 2 * marks);
            markValue = java.util.Arrays.copyOf(markValue, 2 * marks);
        }
        markAt[marks] = size;
        markKind[marks] = kind;
        markValue[marks++] = value;
    }
}
