package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.host.CoreMatch;
import java.util.List;

/**
 * The forecasts as they are written to disk before any variant is compiled.
 *
 * @param writtenAt when, in ISO form
 * @param core      the core profile that they are for
 * @param bases     what they were made from
 * @param forecasts the forecasts
 */
record ForecastRecord(String writtenAt, CoreMatch core, List<Base> bases, List<Forecast> forecasts) {
    /** The forecast for a proposal from a shape's own trace, else from the reference's, else null. */
    Forecast find(String proposal, Shape shape) {
        List<Forecast> own = forecasts.stream().filter(f -> f.proposal().equals(proposal)).toList();
        return own.stream().filter(f -> f.basis() == shape).findFirst()
                .or(() -> own.stream().filter(f -> f.basis() == Shape.REFERENCE).findFirst()).orElse(null);
    }

    /**
     * What forecasts were made from, by its hashes.
     *
     * @param variant       its name
     * @param shape         how it was built
     * @param programSha256 hash of the executable
     * @param traceSha256   hash of its trace
     */
    record Base(String variant, Shape shape, String programSha256, String traceSha256) {
    }
}
