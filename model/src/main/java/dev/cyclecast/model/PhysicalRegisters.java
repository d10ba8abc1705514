package dev.cyclecast.model;

/**
 * The physical registers that are free for renaming, by kind: an instruction that writes takes one from dispatch on, and by
 * its retirement the one that held the overwritten value is free.
 */
final class PhysicalRegisters {
    private static final int FLAGS_SHIFT = 8;
    private static final int VECTOR_SHIFT = 16;
    private static final int COUNT = 0xff;
    private final InOrderQueue integers;
    private final InOrderQueue flags;
    private final InOrderQueue vectors;

    PhysicalRegisters(CoreProfile p) {
        integers = new InOrderQueue(p.get(Constant.INT_REGISTERS));
        flags = new InOrderQueue(p.get(Constant.FLAG_REGISTERS));
        vectors = new InOrderQueue(p.get(Constant.VECTOR_REGISTERS));
    }

    /** What an instruction takes, packed. */
    static int taken(int integers, int flags, int vectors) {
        return integers | flags << FLAGS_SHIFT | vectors << VECTOR_SHIFT;
    }

    /** Cycle from which a register of each kind that an instruction takes is free. */
    long room(int taken) {
        long room = (taken & COUNT) != 0 ? integers.free() : 0;
        if ((taken >> FLAGS_SHIFT & COUNT) != 0) {
            room = Math.max(room, flags.free());
        }
        return taken >> VECTOR_SHIFT == 0 ? room : Math.max(room, vectors.free());
    }

    /** Takes registers for an instruction that retires at a cycle, no earlier than the last one did. */
    void take(int taken, long retired) {
        if (taken != 0) {
            integers.take(retired, taken & COUNT);
            flags.take(retired, taken >> FLAGS_SHIFT & COUNT);
            vectors.take(retired, taken >> VECTOR_SHIFT);
        }
    }
}
