package dev.cyclecast.model;

/** Replays windows of one {@link Code} on cores of one instruction table; safe for use by several threads. */
public final class Replayer {
    /**
     * What one replay of a window cost.
     *
     * @param cycles  counted cycles
     * @param byCause the same by {@link Cause#ordinal()}; they sum to {@code cycles}
     */
    public record Cost(long cycles, long[] byCause) {
    }

    private final Code code;
    private final InstructionTable table;
    private final InstructionTable.Entry[] entries;

    /** For code on cores whose instruction timings are in a column of the table ({@link CoreProfile#instructions}). */
    public Replayer(Code code, String instructions) {
        this.code = code;
        table = InstructionTable.of(instructions);
        entries = table.entries(code);
    }

    /** Replays a window under one draw: a profile, a layout and page colours. */
    public Cost replay(Window window, CoreProfile profile, Placement placement, long colourSeed) {
        Core core = new Core(code, new CodeTiming(code, table, entries, profile), profile, placement, colourSeed, false);
        if (window.stack() != 0) {
            core.stackAround(window.stack());
        }
        core.warm(window.dataLines(), window.codeTouched());
        core.run(window.events(), 0, window.countFrom());
        long before = core.cycles();
        core.countFromHere();
        core.run(window.events(), window.countFrom(), window.events().size());
        return new Cost(core.cycles() - before, core.stack.byCause());
    }
}
