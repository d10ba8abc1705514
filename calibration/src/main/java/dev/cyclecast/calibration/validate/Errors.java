package dev.cyclecast.calibration.validate;

import java.util.stream.DoubleStream;

/** Means of errors; null where there are none. */
final class Errors {
    private Errors() {
    }

    static Double mean(double[] errors) {
        return errors.length == 0 ? null : DoubleStream.of(errors).average().orElseThrow();
    }

    static Double meanAbsolute(double[] errors) {
        return errors.length == 0 ? null : DoubleStream.of(errors).map(Math::abs).average().orElseThrow();
    }
}
