package dev.cyclecast.trace.record;

import net.fornwall.jelf.ElfSegment;

/**
 * Where the thread-local segments of the files that are loaded at start-up lie below the thread pointer.
 *
 * <p>The program's is fixed by the ABI (Drepper, "ELF Handling For Thread-Local Storage", variant II); for the libraries
 * after it this follows what glibc's dynamic linker does in load order ({@code _dl_determine_tlsoffset}).
 */
final class ThreadLocalLayout {
    private long offset;
    private long freeTop;
    private long freeBottom;

    /** Places the next file's segment; returns how far below the thread pointer it starts. */
    long place(ElfSegment segment) {
        long align = Math.max(1, segment.p_align);
        long size = segment.p_memsz;
        long first = -segment.p_vaddr & align - 1;
        if (freeBottom - freeTop >= size) {
            long at = roundUp(freeTop + size - first, align) + first;
            if (at <= freeBottom) {
                freeTop = at;
                return at;
            }
        }
        long at = roundUp(offset + size - first, align) + first;
        if (at > offset + size + (freeBottom - freeTop)) {
            freeTop = offset;
            freeBottom = at - size;
        }
        offset = at;
        return at;
    }

    private static long roundUp(long value, long align) {
        return (value + align - 1) / align * align;
    }
}
