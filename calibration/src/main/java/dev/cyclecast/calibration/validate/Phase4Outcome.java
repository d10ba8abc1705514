package dev.cyclecast.calibration.validate;

/**
 * What the founding document's acceptance protocol would have decided.
 *
 * @param proposal       the proposal's id
 * @param shape          how its variant was built
 * @param mixedPercent   mean gain of ten runs of mixed; null where the health check failed
 * @param c6HeavyPercent mean gain of five runs of c6-heavy; null likewise
 * @param broken         what the health check found; null where every profile works
 * @param decision       GO, NEUTRAL or NO-GO
 */
public record Phase4Outcome(String proposal, Shape shape, Double mixedPercent, Double c6HeavyPercent, String broken, String decision) {
    public static final String GO = "GO";
    public static final String NEUTRAL = "NEUTRAL";
    public static final String NO_GO = "NO-GO";
    /** What must be said beside every such decision. */
    public static final String LIMIT = "runs of one layout cannot separate a gain from the luck of a placement, so the protocol's word is"
            + " no verdict";
}
