package dev.cyclecast.trace.record;

import dev.cyclecast.trace.TraceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;

/** The words that the plug-in sends, in the order in which it sends them. */
final class RawStream {
    private static final int WORDS = 1 << 16;

    private final SocketChannel channel;
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(WORDS * 8).order(ByteOrder.LITTLE_ENDIAN);
    private final long[] words = new long[WORDS];
    private int position;
    private int limit;

    RawStream(SocketChannel channel) {
        this.channel = channel;
    }

    /** Whether there is another word. */
    boolean hasNext() throws IOException {
        return position < limit || fill();
    }

    /** The next word. */
    long next() throws IOException {
        if (position == limit && !fill()) {
            throw new TraceException("the recorder broke off in the middle of its data; the program was killed or ran"
                    + " another program");
        }
        return words[position++];
    }

    /** The next words as bytes. */
    byte[] nextBytes(int size) throws IOException {
        ByteBuffer result = ByteBuffer.allocate((size + 7) / 8 * 8).order(ByteOrder.LITTLE_ENDIAN);
        while (result.hasRemaining()) {
            result.putLong(next());
        }
        return java.util.Arrays.copyOf(result.array(), size);
    }

    /** Sends words to the plug-in. */
    void send(long... answer) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(answer.length * 8).order(ByteOrder.LITTLE_ENDIAN);
        out.asLongBuffer().put(answer);
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    private boolean fill() throws IOException {
        while (bytes.position() < 8) {
            if (channel.read(bytes) < 0) {
                return false;
            }
        }
        bytes.flip();
        limit = bytes.remaining() / 8;
        bytes.asLongBuffer().get(words, 0, limit);
        bytes.position(limit * 8);
        bytes.compact();
        position = 0;
        return true;
    }
}
