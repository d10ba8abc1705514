package dev.cyclecast.model;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Cycles of repeated string instructions: a start-up, and behind it a rate that whole lines are moved at.
 *
 * @param storeShort    a store of few bytes
 * @param moveShort     a move of few bytes
 * @param moveUnaligned the same to a destination that is not aligned to 16 bytes
 * @param storeLong     start-up of a longer store
 * @param moveLong      start-up of a longer move
 * @param bytesPerCycle rate behind the start-up
 * @param scan          cycles for each element that is only read
 */
record StringTiming(int storeShort, int moveShort, int moveUnaligned, int storeLong, int moveLong, int bytesPerCycle, int scan) {
    private static final int SHORT_BYTES = 96;
    private static final int ALIGNMENT = 16;

    static StringTiming of(JsonNode node) {
        return new StringTiming(node.path("storeShort").asInt(), node.path("moveShort").asInt(),
                node.path("moveUnaligned").asInt(), node.path("storeLong").asInt(), node.path("moveLong").asInt(),
                node.path("bytesPerCycle").asInt(), node.path("scan").asInt());
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
        if (all > SHORT_BYTES) {
            return clamp((reads ? moveLong : storeLong) + all / bytesPerCycle);
        }
        return !reads ? storeShort : destination % ALIGNMENT == 0 ? moveShort : moveUnaligned;
    }

    private static int clamp(long cycles) {
        return (int) Math.min(Integer.MAX_VALUE / 2, cycles);
    }
}
