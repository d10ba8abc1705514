package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.ab.SessionFolder;
import dev.cyclecast.calibration.ab.SideBySide;
import dev.cyclecast.calibration.methods.Guess;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

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
        rows.forEach(row -> all.put(row, Map.of()));
        if (rivals != null) {
            AtomicInteger asked = new AtomicInteger();
            List<Map<String, Guess>> said = SideBySide.make(rows.stream().map(row -> (Supplier<Map<String, Guess>>) () -> {
                spent.progress("asking the other methods about %s: %d of %d".formatted(row.name(), asked.incrementAndGet(), rows.size()));
                return folder.keep("methods/" + row.name().replace('/', '-') + ".json", Said.class, () -> said(row)).guesses();
            }).toList());
            for (int i = 0; i < said.size(); i++) {
                all.put(rows.get(i), said.get(i));
            }
        }
        return all;
    }

    private Said said(Row row) {
        return new Said(new LinkedHashMap<>(rivals.guesses(new Rivals.Builds(row, set.program(row.base(), row.shape(), row.load(), 0),
                set.program(row.variant(), row.shape(), row.load(), 0), traces.of(row.base(), row.shape(), row.load()),
                traces.of(row.variant(), row.shape(), row.load()), operations -> programs.arguments(row.load(), operations)))));
    }
}
