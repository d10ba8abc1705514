package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.ab.SessionFolder;
import dev.cyclecast.calibration.methods.Guess;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the other methods say of each row; asked once, in the session's own programs and traces. */
final class KeptGuesses {
    private final SessionFolder folder;
    private final Rivals rivals;
    private final Programs programs;
    private final ProgramSet set;
    private final Traces traces;
    private final Spent spent;

    /**
     * What was said of one row.
     *
     * @param guesses by method
     */
    record Said(Map<String, Guess> guesses) {
    }

    KeptGuesses(SessionFolder folder, Rivals rivals, Programs programs, ProgramSet set, Traces traces, Spent spent) {
        this.folder = folder;
        this.rivals = rivals;
        this.programs = programs;
        this.set = set;
        this.traces = traces;
        this.spent = spent;
    }

    /** One for each row; nothing where there is nobody to be asked. */
    Map<Row, Map<String, Guess>> of(List<Row> rows) {
        Map<Row, Map<String, Guess>> all = new LinkedHashMap<>();
        for (Row row : rows) {
            if (rivals != null) {
                spent.progress("asking the other methods about %s: %d of %d".formatted(row.name(), all.size() + 1, rows.size()));
            }
            all.put(row, rivals == null ? Map.of()
                    : folder.keep("methods/" + row.name().replace('/', '-') + ".json", Said.class, () -> said(row)).guesses());
        }
        return all;
    }

    private Said said(Row row) {
        return new Said(new LinkedHashMap<>(rivals.guesses(new Rivals.Builds(row, set.program(row.base(), row.shape(), row.load(), 0),
                set.program(row.variant(), row.shape(), row.load(), 0), traces.of(row.base(), row.shape(), row.load()),
                traces.of(row.variant(), row.shape(), row.load()), operations -> programs.arguments(row.load(), operations)))));
    }
}
