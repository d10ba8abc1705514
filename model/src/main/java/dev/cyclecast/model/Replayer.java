package dev.cyclecast.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Replays windows of one {@link Code} on cores of one instruction table; safe for use by several threads. */
public final class Replayer {
    /**
     * What one replay of a window cost.
     *
     * @param cycles       counted cycles
     * @param branches     counted branches that the BTB knows
     * @param mispredicted those of them that were mispredicted
     * @param byCause      the cycles by {@link Cause#ordinal()}; they sum to {@code cycles}
     */
    public record Cost(long cycles, long branches, long mispredicted, long[] byCause) {
    }

    /**
     * So many are kept: on a shipped core few differ between draws, but on a calibrated one nearly every draw has a timing of its
     * own, of about a megabyte.
     */
    private static final int MOST_TIMINGS = 12;

    private final Code code;
    private final InstructionTable table;
    private final InstructionTable.Entry[] entries;
    private final Map<List<Object>, CodeTiming> timings = Collections.synchronizedMap(new LinkedHashMap<>(MOST_TIMINGS, 1, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Object>, CodeTiming> eldest) {
            return size() > MOST_TIMINGS;
        }
    });

    /** For code on cores whose instruction timings are in a column of the table ({@link CoreProfile#instructions}). */
    public Replayer(Code code, String instructions) {
        this.code = code;
        table = InstructionTable.of(instructions);
        entries = table.entries(code);
    }

    /** Timing under a profile; many draws of a shipped core leave the constants alone that it depends on. */
    private CodeTiming timing(CoreProfile profile) {
        return timings.computeIfAbsent(CodeTiming.dependsOn(profile),
                key -> new CodeTiming(code, table, entries, profile));
    }

    /**
     * Replays a window under one draw.
     *
     * @param windows    windows of the trace, in order
     * @param number     which of them
     * @param profile    the core
     * @param placement  the layout
     * @param colourSeed page colours
     * @param outcomes   what the predictors made of their branches under that layout
     */
    public Cost replay(List<Window> windows, int number, CoreProfile profile, Placement placement, long colourSeed,
                       BranchOutcomes outcomes) {
        Window window = windows.get(number);
        CodeTiming timing = timing(profile);
        Core core = new Core(code, timing, profile, placement, colourSeed, false);
        if (window.stack() != 0) {
            core.stackAround(window.stack());
        }
        core.warm(window.dataLines(), window.codeTouched());
        core.branchesAre(outcomes.timed(number), window.branches().known());
        core.run(window.events(), 0, window.countFrom());
        long before = core.cycles();
        long branchesBefore = core.knownBranches();
        long lead = core.lead();
        core.countFromHere();
        core.run(window.events(), window.countFrom(), window.events().size());
        core.stack.balance(core.cycles() - before, "window " + number + " on " + profile.name());
        new BoundCalculator(timing, profile).of(core.executed, 0, core.wrong, lead)
                .hold(core.cycles() - before, "window " + number + " on " + profile.name());
        return new Cost(core.cycles() - before, core.knownBranches() - branchesBefore, core.wrong, core.stack.byCause());
    }
}
