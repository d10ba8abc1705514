package dev.cyclecast.allocator;

import java.util.List;

/** The routing rules as specified: eight size classes under the MIXED profile. */
public final class RoutingSpec implements RoutingRules {
    /** The number of size classes. */
    public static final int CLASSES = 8;

    private static final List<Integer> STRIDES = List.of(8, 16, 32, 64, 128, 256, 512, 2048);
    private static final int HEADER_MAGIC = 0xA0;
    private static final int HEADER_BYTES = 1;
    private static final int C7 = 7;
    private static final int RING_SLOTS = 64;
    private static final int LARGE_RING_SLOTS = 128;
    private static final int C7_STACK_SLOTS = 128;

    @Override
    public int largestTinySize() {
        return STRIDES.getLast() - HEADER_BYTES;
    }

    @Override
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

    @Override
    public int strideBytes(int sizeClass) {
        return STRIDES.get(sizeClass);
    }

    @Override
    public int usableBytes(int sizeClass) {
        return STRIDES.get(sizeClass) - HEADER_BYTES;
    }

    @Override
    public int alignmentBytes(int sizeClass) {
        return sizeClass == 0 ? 8 : 16;
    }

    @Override
    public int headerByte(int sizeClass) {
        return HEADER_MAGIC | sizeClass;
    }

    @Override
    public Route routeAtMalloc(int sizeClass) {
        return sizeClass == C7 ? Route.ULTRA : Route.LEGACY;
    }

    @Override
    public Route routeAtFree(int sizeClass) {
        return sizeClass == C7 ? Route.ULTRA : Route.LEGACY;
    }

    /** A ring holds one block less than it has slots; C7's stack holds one per slot. */
    @Override
    public int cachedBlocks(int sizeClass) {
        if (sizeClass == C7) {
            return C7_STACK_SLOTS;
        }
        return (sizeClass >= 5 ? LARGE_RING_SLOTS : RING_SLOTS) - 1;
    }
}
