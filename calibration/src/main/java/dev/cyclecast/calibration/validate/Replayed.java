package dev.cyclecast.calibration.validate;

/**
 * What the model says of two recorded builds.
 *
 * @param gainPercent modelled cycles of the base over those of the variant, minus one
 * @param low         5th percentile over the draws, in percent; null for a single draw
 * @param high        95th percentile over the draws, in percent; null likewise
 */
public record Replayed(double gainPercent, Double low, Double high) {
}
