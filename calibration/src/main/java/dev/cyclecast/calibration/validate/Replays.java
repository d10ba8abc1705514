package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.ab.SessionFolder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** The replays of the real variants' traces beside those of what their proposals start from; each made once. */
final class Replays {
    private final SessionFolder folder;
    private final Traces traces;
    private final Forecasts model;
    private final Spent spent;

    /**
     * A replay as it is kept.
     *
     * @param replayed      what it gave
     * @param baseSha256    hash of the base's trace
     * @param variantSha256 hash of the variant's trace
     */
    record Kept(Replayed replayed, String baseSha256, String variantSha256) {
    }

    Replays(SessionFolder folder, Traces traces, Forecasts model, Spent spent) {
        this.folder = folder;
        this.traces = traces;
        this.model = model;
        this.spent = spent;
    }

    /** One for each row; rows whose programs are built in the default layout. */
    Map<Row, Replayed> of(List<Row> rows) {
        spent.progress("recording the real variants");
        traces.record(new LinkedHashSet<>(rows.stream().map(Row::variant).toList()));
        Map<Row, Replayed> all = new LinkedHashMap<>();
        for (Row row : rows) {
            spent.progress("replaying the real %s: %d of %d".formatted(row.name(), all.size() + 1, rows.size()));
            Path base = traces.of(row.base(), row.shape(), row.load());
            Path variant = traces.of(row.variant(), row.shape(), row.load());
            Kept kept = folder.keep("replays/" + row.name().replace('/', '-') + ".json", Kept.class, () ->
                    new Kept(model.replay(base, variant), SessionFolder.sha256(base), SessionFolder.sha256(variant)));
            Traces.requireUnchanged(base, kept.baseSha256());
            Traces.requireUnchanged(variant, kept.variantSha256());
            all.put(row, kept.replayed());
        }
        return all;
    }
}
