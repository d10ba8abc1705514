package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.host.CoreMatch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The forecasts as they are written to disk before any variant is compiled.
 *
 * @param writtenAt when, in ISO form
 * @param core      the core profile that they are for
 * @param inputs    hashes of what they were made with
 * @param traces    what was said of each trace
 */
record ForecastRecord(String writtenAt, CoreMatch core, Map<String, String> inputs, List<OfTrace> traces) {
    /**
     * What was said of one trace.
     *
     * @param variant       what was recorded
     * @param shape         how it was built
     * @param workload      what it did
     * @param programSha256 hash of the executable
     * @param traceSha256   hash of its trace
     * @param forecasts     the forecasts from it, and those that were transferred to it
     * @param absent        why there is none from it for other proposals
     */
    record OfTrace(String variant, Shape shape, Load workload, String programSha256, String traceSha256, List<Forecast> forecasts,
                   Map<String, String> absent) {
        boolean is(String wantedVariant, Shape wantedShape, Load wantedLoad) {
            return variant.equals(wantedVariant) && shape == wantedShape && workload.equals(wantedLoad);
        }

        Forecast of(String proposal) {
            return forecasts.stream().filter(f -> f.proposal().equals(proposal)).findFirst().orElse(null);
        }

        OfTrace with(List<Forecast> more) {
            List<Forecast> all = Stream.concat(forecasts.stream(), more.stream()).toList();
            return new OfTrace(variant, shape, workload, programSha256, traceSha256, all, absent);
        }
    }

    /** The forecast for a row that its shape's trace has, own or transferred, else the reference's under the same load, else null. */
    Forecast find(Row row) {
        Forecast own = from(row, row.shape());
        return own == null ? from(row, Shape.REFERENCE) : own;
    }

    private Forecast from(Row row, Shape shape) {
        return trace(row, shape).map(t -> t.of(row.proposal())).orElse(null);
    }

    /** Why a row has no forecast of its own trace; null where it has one. */
    String whyNone(Row row) {
        return trace(row, row.shape()).map(t -> t.absent().get(row.proposal())).orElse(null);
    }

    private Optional<OfTrace> trace(Row row, Shape shape) {
        return traces.stream().filter(t -> t.is(row.base(), shape, row.load())).findFirst();
    }
}
