package dev.cyclecast.trace.store;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;

/** Zstd frames that state the length of their content. */
final class Packed {
    private Packed() {
    }

    /** Appends the compressed form of bytes; returns its length. */
    static byte[] pack(byte[] bytes, int length, int level) {
        byte[] packed = new byte[Math.toIntExact(Zstd.compressBound(length))];
        long size = Zstd.compressByteArray(packed, 0, packed.length, bytes, 0, length, level);
        if (Zstd.isError(size)) {
            throw new IllegalStateException("zstd: " + Zstd.getErrorName(size));
        }
        return java.util.Arrays.copyOf(packed, (int) size);
    }

    /** The content of a frame, which may have at most so many bytes. */
    static byte[] unpack(byte[] packed, long limit) throws DamagedException {
        try {
            long length = Zstd.getFrameContentSize(packed);
            if (length < 0 || length > limit) {
                throw new DamagedException("decompressed length " + length + " is not within " + limit);
            }
            byte[] plain = new byte[(int) length];
            long size = Zstd.decompressByteArray(plain, 0, plain.length, packed, 0, packed.length);
            if (Zstd.isError(size) || size != length) {
                throw new DamagedException("it does not decompress");
            }
            return plain;
        } catch (ZstdException e) {
            throw new DamagedException("it does not decompress");
        }
    }
}
