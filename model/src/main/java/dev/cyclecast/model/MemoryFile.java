package dev.cyclecast.model;

/**
 * What is known at rename of loads and stores: which store used a name last, and which static loads were taken for one's in
 * vain.
 *
 * <p>A name is an address expression with the low bits of its displacement; where the other bits differ, or another store wrote the
 * place in between, a load is renamed wrongly, and comes again with all behind it (kernels {@code rename-*}). It is then marked:
 * it is not renamed in so many executions behind the last one in which that would have been wrong. Of several such loads that
 * follow each other closely only the first two come again: behind the second one those in reach of the first are marked.
 */
final class MemoryFile {
    private static final int LOG_NAMES = 9;
    private static final long SPREAD = 0x9E3779B97F4A7C15L;
    private static final int BYTE = 0xff;
    /** For each name, by hash, the low byte of the number of the youngest store that has it. */
    private final byte[] youngest = new byte[1 << LOG_NAMES];
    /** How many stores there were with names off the stack, and for each of these, by the low byte of its number, up to it. */
    private int entered;
    private final byte[] place = new byte[BYTE + 1];
    private final int places;
    private final OldestOut known;
    private final Marks marks;
    private final int shadow;
    /** When the last load and the one before it were renamed wrongly, in instructions. */
    private long last = Long.MIN_VALUE / 2;
    private long before = Long.MIN_VALUE / 2;

    /** For code of a number of static instructions. */
    MemoryFile(CoreProfile p, int code) {
        places = p.get(Constant.MEMORY_FILE);
        known = new OldestOut(p.get(Constant.RENAME_MARKS));
        marks = new Marks(code, p.get(Constant.RENAME_MARKED));
        shadow = p.get(Constant.RENAME_SHADOW);
    }

    private static int hash(long name) {
        return (int) (name * SPREAD >>> Long.SIZE - LOG_NAMES);
    }

    private static boolean onStack(long name) {
        return (name & CodeTiming.SLOT) != 0;
    }

    /** A store, by the low byte of its number, has a name. */
    void store(long name, int number) {
        youngest[hash(name)] = (byte) number;
        if (!onStack(name)) {
            place[number & BYTE] = (byte) ++entered;
        }
    }

    /** The low byte of the number of the store that may have had a name last. */
    int youngest(long name) {
        return youngest[hash(name)] & BYTE;
    }

    /** Whether a store with a name, of the youngest 256, was not pushed out by those behind it: on the stack none is. */
    boolean holds(long name, int number) {
        return onStack(name) || (entered - place[number] & BYTE) <= places;
    }

    /** Whether a load is marked; counts an execution. */
    boolean marked(int number) {
        return marks.take(number);
    }

    /** Marks a load again, as renaming it would have been wrong. */
    void again(int number) {
        marks.set(number);
    }

    /**
     * A load that is not marked would be renamed wrongly.
     *
     * @param when in instructions
     * @return whether it is; else it is not renamed
     */
    boolean wrong(int number, long when) {
        if (known.hasPlaces()) {
            int out = known.enter(number);
            if (out != OldestOut.NONE) {
                marks.clear(out);
            }
            marks.set(number);
        }
        if (when - before <= shadow) {
            return false;
        }
        before = last;
        last = when;
        return true;
    }
}
