package dev.cyclecast.calibration.validate;

/**
 * Cycles per operation of one program, modelled beside measured.
 *
 * @param variant        its name
 * @param shape          how it was built
 * @param workload       what it did
 * @param modelledCycles by the core's own constants, mean over drawn layouts of its trace
 * @param measuredCycles mean over code layouts of the undisturbed slices of its runs, in the core's own cycles
 * @param layouts        number of code layouts measured
 * @param errorPercent   modelled over measured, minus one
 */
public record AbsoluteRow(String variant, Shape shape, Load workload, double modelledCycles, double measuredCycles, int layouts,
                          double errorPercent) {
}
