package dev.cyclecast.model;

/**
 * Cycles of repeated string instructions: a start-up, and behind it a rate that whole lines are moved at.
 *
 * @param shortBytes    bytes up to which a time of its own holds for all lengths
 * @param storeShort    a store of few bytes
 * @param moveShort     a move of few bytes
 * @param moveUnaligned the same to a destination that is not aligned to 16 bytes
 * @param storeLong     start-up of a longer store
 * @param moveLong      start-up of a longer move
 * @param bytesPerCycle rate behind the start-up
 * @param scan          cycles for each element that is only read
 */
record StringTiming(int shortBytes, int storeShort, int moveShort, int moveUnaligned, int storeLong, int moveLong,
                    int bytesPerCycle, int scan) {
    private static final int ALIGNMENT = 16;

    static StringTiming of(CoreProfile p) {
        return new StringTiming(p.get(Constant.STRING_SHORT_BYTES), p.get(Constant.STRING_STORE_SHORT),
                p.get(Constant.STRING_MOVE_SHORT), p.get(Constant.STRING_MOVE_UNALIGNED), p.get(Constant.STRING_STORE_LONG),
                p.get(Constant.STRING_MOVE_LONG), p.get(Constant.STRING_BYTES_PER_CYCLE), p.get(Constant.STRING_SCAN));
    }

    /**
     * Cycles of one instruction.
     *
     * @param elements    how often it repeats
     * @param bytes       width of an element
     * @param reads       whether it reads
     * @param writes      whether it writes
     * @param destination where it writes to first
     */
    int cycles(long elements, int bytes, boolean reads, boolean writes, long destination) {
        long count = Math.max(0, elements);
        if (!writes) {
            return clamp(storeShort + count * scan);
        }
        long all = count * bytes;
        if (all > shortBytes) {
            return clamp((reads ? moveLong : storeLong) + all / bytesPerCycle);
        }
        return !reads ? storeShort : destination % ALIGNMENT == 0 ? moveShort : moveUnaligned;
    }

    private static int clamp(long cycles) {
        return (int) Math.min(Integer.MAX_VALUE / 2, cycles);
    }
}
