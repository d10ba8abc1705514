package dev.cyclecast.allocator;

import java.util.List;

/** The routing rules as specified: eight size classes under the MIXED profile. */
public final class RoutingSpec {
    /** The number of size classes. */
    public static final int CLASSES = 8;

    private static final List<Integer> STRIDES = List.of(8, 16, 32, 64, 128, 256, 512, 2048);
    private static final int HEADER_MAGIC = 0xA0;
    private static final int HEADER_MASK = 0xF8;
    private static final int HEADER_BYTES = 1;
    private static final int C7 = 7;
    private static final int RING_SLOTS = 64;
    private static final int LARGE_RING_SLOTS = 128;
    private static final int FIRST_LARGE_RING = 5;
    private static final int C7_STACK_SLOTS = 128;
    private static final int C7_STACK_BATCH = 31;

    /** The largest request in bytes that has a size class. */
    public int largestTinySize() {
        return STRIDES.getLast() - HEADER_BYTES;
    }

    /** The size class of a request of 0 to {@link #largestTinySize()} bytes: the smallest that has room for it. */
    public int classOf(int size) {
        if (size < 0 || size > largestTinySize()) {
            throw new IllegalArgumentException("a request of " + size + " bytes has no size class");
        }
        int sizeClass = 0;
        while (STRIDES.get(sizeClass) < size + HEADER_BYTES) {
            sizeClass++;
        }
        return sizeClass;
    }

    /** Bytes from one block of the class to the next, header included. */
    public int strideBytes(int sizeClass) {
        return STRIDES.get(sizeClass);
    }

    /** Bytes that the user of a block of the class may write. */
    public int usableBytes(int sizeClass) {
        return STRIDES.get(sizeClass) - HEADER_BYTES;
    }

    /** The power of two that divides every user address of the class. */
    public int alignmentBytes(int sizeClass) {
        return sizeClass == 0 ? 8 : 16;
    }

    /** The byte right before the user address of a live block of the class. */
    public int headerByte(int sizeClass) {
        return HEADER_MAGIC | sizeClass;
    }

    /** The class that a header byte names, or -1: the block is not tiny. */
    public int classOfHeader(int header) {
        return (header & HEADER_MASK) == HEADER_MAGIC ? header & ~HEADER_MASK : -1;
    }

    /** The front end that hands out blocks of the class and takes them back. */
    public Route routeOf(int sizeClass) {
        return sizeClass == C7 ? Route.ULTRA : Route.LEGACY;
    }

    /** How many free blocks of the class a thread keeps at most: a ring one less than it has slots, C7's stack one per slot. */
    public int cachedBlocks(int sizeClass) {
        if (sizeClass == C7) {
            return C7_STACK_SLOTS;
        }
        return (sizeClass >= FIRST_LARGE_RING ? LARGE_RING_SLOTS : RING_SLOTS) - 1;
    }

    /** How many of its newest blocks C7's stack gives back when it is full and another comes, and how many it takes when empty. */
    public int stackBatch() {
        return C7_STACK_BATCH;
    }
}
