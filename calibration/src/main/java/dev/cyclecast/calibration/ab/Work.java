package dev.cyclecast.calibration.ab;

/**
 * What a run did, as the program itself counts it; two arms may be compared only if they did the same work.
 *
 * @param operations number of timed operations; one, the whole run, where the program counts none
 * @param checksum   checksum over what was done, as printed; null where none is
 * @param mallocs    number of allocations
 * @param frees      number of releases
 */
public record Work(long operations, String checksum, long mallocs, long frees) {
    /** A whole run of a program that counts nothing. */
    static Work whole(String checksum) {
        return new Work(1, checksum, 0, 0);
    }

    @Override
    public String toString() {
        return operations + " operations, " + (checksum == null ? "no checksum" : "checksum " + checksum) + ", " + mallocs
                + " mallocs, " + frees + " frees";
    }
}
