package dev.cyclecast.calibration.kernel;

import dev.cyclecast.model.Constant;

/**
 * What became of a constant in a fit.
 *
 * @param constant the constant
 * @param start    its value before
 * @param value    its value after
 * @param low      least value that the residuals leave open
 * @param high     greatest value that they leave open
 * @param kernels  number of kernels that see it; 0 where it keeps its source's value
 */
public record FittedConstant(Constant constant, int start, int value, double low, double high, int kernels) {
    /** Whether any kernel sees it. */
    public boolean visible() {
        return kernels > 0;
    }
}
