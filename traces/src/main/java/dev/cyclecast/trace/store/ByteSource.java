package dev.cyclecast.trace.store;

import java.nio.charset.CharacterCodingException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A bounded run of bytes that were read from a trace; every read is checked, since the bytes may be anything. */
final class ByteSource {
    private final byte[] bytes;
    private final int end;
    private int position;

    ByteSource(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.position = start;
        this.end = end;
    }

    int position() {
        return position;
    }

    int remaining() {
        return end - position;
    }

    int readByte() throws DamagedException {
        if (position >= end) {
            throw new DamagedException("data ends early");
        }
        return bytes[position++] & 0xff;
    }

    long readVarint() throws DamagedException {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int b = readByte();
            value |= (b & 0x7fL) << shift;
            if (b < 0x80) {
                return value;
            }
        }
        throw new DamagedException("number of more than 10 bytes");
    }

    long readSigned() throws DamagedException {
        long zigzag = readVarint();
        return zigzag >>> 1 ^ -(zigzag & 1);
    }

    /** A number from 0 to {@code limit}, or damage. */
    int readBounded(int limit, String what) throws DamagedException {
        long value = readVarint();
        if (value < 0 || value > limit) {
            throw new DamagedException(what + " " + Long.toUnsignedString(value) + " is above " + limit);
        }
        return (int) value;
    }

    /** A count of things that take at least one byte each. */
    int readCount(String what) throws DamagedException {
        return readBounded(remaining(), what);
    }

    String readString() throws DamagedException {
        int length = readCount("length of a string");
        try {
            String s = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, position, length)).toString();
            position += length;
            return s;
        } catch (CharacterCodingException e) {
            throw new DamagedException("string that is not UTF-8");
        }
    }

    byte[] readBytes(int length) throws DamagedException {
        if (length > remaining()) {
            throw new DamagedException("data ends early");
        }
        byte[] result = java.util.Arrays.copyOfRange(bytes, position, position + length);
        position += length;
        return result;
    }

    /** The next bytes, without reading them. */
    byte[] peek(int length) throws DamagedException {
        byte[] result = readBytes(length);
        position -= length;
        return result;
    }
}
