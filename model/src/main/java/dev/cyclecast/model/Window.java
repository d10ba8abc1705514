package dev.cyclecast.model;

/**
 * A window of a trace that is timed, with what caches and predictors have seen before it.
 *
 * @param events      executed instructions
 * @param countFrom   index of the first event that is counted
 * @param dataLines   data lines touched before it, least recently first
 * @param codeTouched instructions executed before it in the segment, least recently first
 * @param stack       an address in the stack, 0 if none is known
 * @param branches    the branches before it and in it
 */
public record Window(Events events, int countFrom, long[] dataLines, int[] codeTouched, long stack, Branches branches) {
    /**
     * Branches in order, those that are never taken in the segment left out: the BTB does not know them.
     *
     * @param site      instruction number of each
     * @param next      instruction executed behind it
     * @param timedFrom index of the first one in the window
     * @param known     for each instruction, whether it is among them
     */
    record Branches(int[] site, int[] next, int timedFrom, boolean[] known) {
        int size() {
            return site.length;
        }
    }
}
