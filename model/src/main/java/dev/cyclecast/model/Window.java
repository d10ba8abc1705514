package dev.cyclecast.model;

/**
 * A stretch of a trace to be replayed by itself: its events, where counting begins, and what the caches hold before it.
 *
 * @param events     executed instructions
 * @param countFrom  index of the first counted event; those before warm predictors and op cache up
 * @param operations operations that end among the counted events
 * @param dataLines  data lines touched before the window, least recently first
 * @param codeTouched instructions executed before the window, least recently first
 * @param stack      an address in the stack, 0 if none is known
 */
public record Window(Events events, int countFrom, long operations, long[] dataLines, int[] codeTouched, long stack) {
    /** The same window with other events, those of edited code. */
    public Window with(Events edited, int editedCountFrom) {
        return new Window(edited, editedCountFrom, operations, dataLines, codeTouched, stack);
    }
}
