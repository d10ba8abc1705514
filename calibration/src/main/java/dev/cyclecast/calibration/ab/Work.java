package dev.cyclecast.calibration.ab;

/**
 * What a run did, as the program itself counts it; two arms may be compared only if they did the same work.
 *
 * @param operations number of timed operations
 * @param checksum   checksum over what was done, as printed
 * @param mallocs    number of allocations
 * @param frees      number of releases
 */
public record Work(long operations, String checksum, long mallocs, long frees) {
    @Override
    public String toString() {
        return operations + " operations, checksum " + checksum + ", " + mallocs + " mallocs, " + frees + " frees";
    }
}
