package dev.cyclecast.calibration.methods;

/**
 * What a method expects of a change.
 *
 * @param gainPercent gain in throughput, in percent; null where the method has nothing to say
 * @param reason      why it has not, in one line; null where it has
 */
public record Guess(Double gainPercent, String reason) {
    /** A gain. */
    static Guess of(double gainPercent) {
        return new Guess(gainPercent, null);
    }

    /** The gain of a program whose cost changes; a variant that costs nothing was not measured. */
    static Guess ofCosts(double base, double variant) {
        return variant > 0 && base > 0 ? of(100 * (base / variant - 1))
                : none("no cost: base %.3f, variant %.3f".formatted(base, variant));
    }

    /** No gain, and why. */
    static Guess none(String reason) {
        return new Guess(null, reason);
    }
}
