package dev.cyclecast.model;

import java.util.Arrays;

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
    private static final int NAMES = 1 << 9;
    private static final int NAME_SHIFT = 64 - 9;
    private static final long SPREAD = 0x9E3779B97F4A7C15L;
    /** For each name, by hash, the low byte of the number of the youngest store that has it. */
    private final byte[] youngest = new byte[NAMES];
    /** Loads that are marked, in a ring: a new one takes the place of the one that came longest ago. */
    private final int[] load;
    /** Of each instruction, executions to come in which it is not renamed. */
    private final byte[] marked;
    private final byte executions;
    private final int shadow;
    private int next;
    /** When the last load and the one before it were renamed wrongly, in instructions. */
    private long last = Long.MIN_VALUE / 2;
    private long before = Long.MIN_VALUE / 2;

    /** For code of a number of static instructions. */
    MemoryFile(CoreProfile p, int code) {
        load = new int[p.get(Constant.RENAME_MARKS)];
        Arrays.fill(load, -1);
        marked = new byte[code];
        executions = (byte) p.get(Constant.RENAME_MARKED);
        shadow = p.get(Constant.RENAME_SHADOW);
    }

    /** A store, by the low byte of its number, has a name. */
    void store(long name, int number) {
        youngest[(int) (name * SPREAD >>> NAME_SHIFT)] = (byte) number;
    }

    /** The low byte of the number of the store that may have had a name last. */
    int youngest(long name) {
        return youngest[(int) (name * SPREAD >>> NAME_SHIFT)] & 255;
    }

    /** Whether a load is marked; counts an execution. */
    boolean marked(int number) {
        if (marked[number] == 0) {
            return false;
        }
        marked[number]--;
        return true;
    }

    /** Marks a load again, as renaming it would have been wrong. */
    void again(int number) {
        marked[number] = executions;
    }

    /**
     * A load that is not marked would be renamed wrongly.
     *
     * @param when in instructions
     * @return whether it is; else it is not renamed
     */
    boolean wrong(int number, long when) {
        if (load.length > 0) {
            if (load[next] >= 0) {
                marked[load[next]] = 0;
            }
            load[next] = number;
            next = next + 1 == load.length ? 0 : next + 1;
            marked[number] = executions;
        }
        if (when - before <= shadow) {
            return false;
        }
        before = last;
        last = when;
        return true;
    }
}
