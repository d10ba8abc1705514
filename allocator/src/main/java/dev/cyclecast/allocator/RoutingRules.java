package dev.cyclecast.allocator;

/** The rules by which a request finds its size class and a block its way: of the specification, or of a compiled allocator. */
public interface RoutingRules {
    /** The largest request in bytes that has a size class. */
    int largestTinySize();

    /** The size class of a request of 0 to {@link #largestTinySize()} bytes. */
    int classOf(int size);

    /** Bytes from one block of the class to the next, header included. */
    int strideBytes(int sizeClass);

    /** Bytes that the user of a block of the class may write. */
    int usableBytes(int sizeClass);

    /** The power of two that divides every user address of the class. */
    int alignmentBytes(int sizeClass);

    /** The byte right before the user address of a live block of the class. */
    int headerByte(int sizeClass);

    /** The front end that hands out blocks of the class. */
    Route routeAtMalloc(int sizeClass);

    /** The front end that takes back blocks of the class. */
    Route routeAtFree(int sizeClass);

    /** How many free blocks of the class a thread keeps at most. */
    int cachedBlocks(int sizeClass);
}
