package dev.cyclecast.calibration.validate;

/**
 * What the model says of two recorded builds.
 *
 * @param gainPercent modelled cycles of the base over those of the variant, minus one
 * @param low         low end of its 90 % interval, in percent; null for a single draw
 * @param high        high end of it, in percent; null likewise
 */
public record Replayed(double gainPercent, Double low, Double high) {
}
