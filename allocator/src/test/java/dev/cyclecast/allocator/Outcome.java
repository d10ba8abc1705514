package dev.cyclecast.allocator;

import java.util.List;

/**
 * What a {@link Sequence} did.
 *
 * @param answers one for each call, fewer if it did not come to its end
 * @param end how it ended: {@code ok}, or what went wrong
 */
record Outcome(List<Answer> answers, String end) {
    /**
     * What one call gave.
     *
     * @param address the block's, 0 for none
     * @param header the byte right before it
     * @param usable what malloc_usable_size says
     * @param error errno after the call
     * @param contents ok, damaged, or dirty
     * @param changedHeader a live block whose header is no longer what it was, or -1
     * @param cached free blocks in each cache of the calling thread: the rings of C0 to C7, then the stack of C7
     * @param counters the statistics by counter and class, where asked for
     */
    record Answer(long address, int header, long usable, int error, Contents contents, int changedHeader, int[] cached,
            long[] counters) {}

    /** What was found where a pattern, or zeros, should be. */
    enum Contents { OK, DAMAGED, DIRTY }
}
