package dev.cyclecast.model;

import java.util.Arrays;

/**
 * The data prefetchers that AMD names, trained by accesses that miss L1D or are the first to a prefetched line.
 *
 * <ul>
 * <li>L1 stride: an instruction whose accesses are a constant number of lines apart.
 * <li>L1 and L2 stream: lines of a page in ascending or descending order, whatever the instruction.
 * <li>L2 up/down: the next or the previous line, once the accesses to a page have a direction.
 * </ul>
 *
 * <p>All stay within the page of the access. Their tables' sizes are not published.
 */
final class Prefetcher {
    private static final int STRIDES = 1 << 6;
    private static final int STREAMS = 1 << 5;
    /** Lines of a page, as a shift. */
    private static final int PAGE = 6;
    /** Accesses that agree before a prefetcher acts. */
    private static final int SURE = 2;
    /** Lines that a step of a stream may be long. */
    private static final int STEP = 2;

    private final int strideAhead;
    private final int streamAhead;
    private final int streamAheadSecond;
    private final boolean upDown;

    private final int[] strideSite = new int[STRIDES];
    private final long[] strideLast = new long[STRIDES];
    private final long[] stride = new long[STRIDES];
    private final byte[] strideSeen = new byte[STRIDES];

    private final long[] streamPage = new long[STREAMS];
    private final long[] streamLast = new long[STREAMS];
    /** Steps in one direction, negative for descending ones. */
    private final byte[] streamSteps = new byte[STREAMS];

    /** Prefetchers of a core, which know nothing. */
    Prefetcher(CoreProfile p) {
        strideAhead = p.get(Constant.STRIDE_PREFETCH);
        streamAhead = p.get(Constant.L1_STREAM_PREFETCH);
        streamAheadSecond = p.get(Constant.L2_STREAM_PREFETCH);
        upDown = p.has(Constant.L2_UP_DOWN_PREFETCH);
        Arrays.fill(strideSite, -1);
        Arrays.fill(streamPage, -1);
    }

    /** Whether a core has none. */
    boolean isAbsent() {
        return strideAhead == 0 && streamAhead == 0 && streamAheadSecond == 0 && !upDown;
    }

    /** Learns from an instruction's access to a line, and has lines fetched that may be next. */
    void train(int site, long line, long cycle, Memory memory) {
        stride(site, line, cycle, memory);
        stream(line, cycle, memory);
    }

    private void stride(int site, long line, long cycle, Memory memory) {
        int k = site & STRIDES - 1;
        if (strideSite[k] != site) {
            strideSite[k] = site;
            strideSeen[k] = 0;
            stride[k] = 0;
        } else {
            long step = line - strideLast[k];
            if (step == 0) {
                return;
            }
            strideSeen[k] = (byte) (step == stride[k] ? Math.min(strideSeen[k] + 1, SURE) : 0);
            stride[k] = step;
        }
        strideLast[k] = line;
        if (strideSeen[k] == SURE) {
            for (int n = 1; n <= strideAhead; n++) {
                first(line, line + n * stride[k], cycle, memory);
            }
        }
    }

    private void stream(long line, long cycle, Memory memory) {
        int k = (int) (line >>> PAGE) & STREAMS - 1;
        if (streamPage[k] != line >>> PAGE) {
            streamPage[k] = line >>> PAGE;
            streamLast[k] = line;
            streamSteps[k] = 0;
            return;
        }
        long step = line - streamLast[k];
        if (step == 0) {
            return;
        }
        streamLast[k] = line;
        int before = streamSteps[k];
        int direction = step > 0 ? 1 : -1;
        boolean goesOn = Math.abs(step) <= STEP;
        streamSteps[k] = (byte) (!goesOn ? 0 : before * direction > 0 ? Math.clamp(before + direction, -SURE, SURE) : direction);
        if (Math.abs(streamSteps[k]) == SURE) {
            for (int n = 1; n <= streamAhead; n++) {
                first(line, line + n * direction, cycle, memory);
            }
            for (int n = streamAhead + 1; n <= streamAheadSecond; n++) {
                second(line, line + n * direction, cycle, memory);
            }
        } else if (upDown && goesOn) {
            second(line, line + direction, cycle, memory);
        }
    }

    private static void first(long from, long line, long cycle, Memory memory) {
        if (from >>> PAGE == line >>> PAGE) {
            memory.prefetchFirst(line, cycle);
        }
    }

    private static void second(long from, long line, long cycle, Memory memory) {
        if (from >>> PAGE == line >>> PAGE) {
            memory.prefetchSecond(line, cycle);
        }
    }
}
