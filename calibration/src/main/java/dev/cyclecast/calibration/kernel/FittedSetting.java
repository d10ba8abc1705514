package dev.cyclecast.calibration.kernel;

/**
 * What became of a setting in a fit.
 *
 * @param setting the setting
 * @param start   its value before
 * @param value   its value after
 * @param low     least value that the residuals leave open
 * @param high    greatest value that they leave open
 * @param kernels number of kernels that see it; 0 where it keeps its source's value, or the one that the host states
 * @param stated  whether the host itself states the value
 */
public record FittedSetting(Setting setting, int start, int value, double low, double high, int kernels, boolean stated) {
    /** Whether any kernel sees it. */
    public boolean visible() {
        return kernels > 0;
    }

    /** Whether anything on this host says what it is. */
    public boolean known() {
        return visible() || stated;
    }
}
