package dev.cyclecast.trace.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing byte array that knows variable-length integers (7 bits a byte, least significant first). */
public final class ByteSink {
    private byte[] bytes = new byte[256];
    private int size;

    /** Number of bytes held. */
    public int size() {
        return size;
    }

    /** The bytes held; the array may be longer than {@link #size()}. */
    public byte[] array() {
        return bytes;
    }

    /** Empties the sink. */
    public void clear() {
        size = 0;
    }

    /** Appends one byte. */
    public void writeByte(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
    }

    /** Appends an unsigned number in 1 to 10 bytes. */
    public void writeVarint(long value) {
        reserve(10);
        while ((value & ~0x7fL) != 0) {
            bytes[size++] = (byte) (value | 0x80);
            value >>>= 7;
        }
        bytes[size++] = (byte) value;
    }

    /** Appends a signed number, small for small magnitudes. */
    public void writeSigned(long value) {
        writeVarint(value << 1 ^ value >> 63);
    }

    /** Appends a 32-bit number, least significant byte first. */
    public void writeInt(int value) {
        reserve(4);
        for (int i = 0; i < 4; i++) {
            bytes[size++] = (byte) (value >>> 8 * i);
        }
    }

    /** Appends bytes. */
    public void writeBytes(byte[] source, int offset, int length) {
        reserve(length);
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
    }

    /** Appends a string as its length in bytes and UTF-8. */
    public void writeString(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        writeVarint(utf8.length);
        writeBytes(utf8, 0, utf8.length);
    }

    /** A copy of the bytes held. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** Number of bytes that {@link #writeSigned} would append. */
    public static int signedLength(long value) {
        long zigzag = value << 1 ^ value >> 63;
        return zigzag == 0 ? 1 : (70 - Long.numberOfLeadingZeros(zigzag)) / 7;
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length * 2));
        }
    }
}
