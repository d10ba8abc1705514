package dev.cyclecast.trace.store;

/**
 * A part of a trace file: four letters, the length of its payload, the payload, and the CRC-32C of all of that; numbers
 * are 32 bits, least significant byte first.
 *
 * <p>The order of a file is {@link #MAGIC}, {@link #HEADER}, {@link #IMAGE}, {@link #BLOCKS}, any number of {@link #CHUNK}s,
 * {@link #FOOTER}.
 */
final class Section {
    /** The first eight bytes of a trace file; they show damage by text conversions, as PNG's do. */
    static final long MAGIC = 0x0A1A0A0D54434389L;
    /** The version of the format that is written. */
    static final int VERSION = 1;
    static final int HEADER = tag("HEAD");
    static final int IMAGE = tag("IMAG");
    static final int BLOCKS = tag("BLKS");
    static final int CHUNK = tag("CHNK");
    static final int FOOTER = tag("FOOT");
    /** Bytes around a payload. */
    static final int OVERHEAD = 12;

    private Section() {
    }

    private static int tag(String letters) {
        return letters.charAt(0) | letters.charAt(1) << 8 | letters.charAt(2) << 16 | letters.charAt(3) << 24;
    }

    /** The longest payload of a section that a reader accepts. */
    static int limit(int tag) {
        return tag == HEADER ? 1 << 24 : 1 << 28;
    }
}
