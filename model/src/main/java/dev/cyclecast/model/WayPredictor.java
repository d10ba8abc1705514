package dev.cyclecast.model;

/**
 * The microtag of an L1D line: a hash of its linear address by which a load picks the one way that it reads.
 *
 * <p>In a set only one line with a given microtag can be found, so a line that comes in drives out another one with its
 * microtag, whatever their ages. The hash is that of Zen 1 and 2 as found by M. Lipp et al., <i>Take A Way</i> (ASIA CCS 2020):
 * bits 12 to 19 of the address, each combined with one of bits 20 to 27.
 */
final class WayPredictor {
    private static final int LINE_BITS = 6;
    private static final int LOW = 12 - LINE_BITS;
    private static final int HIGH = 20 - LINE_BITS;

    private WayPredictor() {
    }

    /** The microtag of a line (an address without its six low bits). */
    static int microtag(long line) {
        int low = (int) (line >>> LOW) & 0xFF;
        int high = (int) (line >>> HIGH) & 0xFF;
        // 12 with 27, 13 with 26, 14 with 25; 15 with 20, and so on up to 19 with 24.
        int crossed = Integer.reverse(high) >>> 24 & 7;
        int straight = high << 3 & 0xF8;
        return low ^ (crossed | straight);
    }

    /** The way of a set whose line cannot stay beside a new one; the last way if there is none. */
    static int conflict(long[] row, int ways, long line) {
        int tag = microtag(line);
        for (int w = 0; w < ways; w++) {
            if (row[w] >= 0 && microtag(row[w]) == tag) {
                return w;
            }
        }
        return ways - 1;
    }
}
