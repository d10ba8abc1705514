package dev.cyclecast.calibration.ab;

/**
 * Two programs compared under one code layout.
 *
 * @param comparison   what is compared, such as {@code E1/free}
 * @param layout       number of the code layout
 * @param paddingBytes size of the padding in the environment of both
 * @param a            the baseline
 * @param b            the variant
 */
public record LayoutPair(String comparison, int layout, int paddingBytes, Arm a, Arm b) {
}
