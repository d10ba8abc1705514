package dev.cyclecast.allocator;

/**
 * A live block.
 *
 * @param number what it goes by in its sequence
 * @param address the user's
 * @param header the byte right before it
 * @param usable bytes that may be written
 * @param size bytes that were asked for
 */
record Block(int number, long address, int header, long usable, long size) {
    /** The bytes that no other block may have; a block of no bytes still has an address of its own. */
    long end() {
        return address + Math.max(1, usable);
    }

    @Override
    public String toString() {
        return "block " + number + " (" + usable + " bytes at 0x" + Long.toHexString(address) + ")";
    }
}
