package dev.cyclecast.calibration.validate;

import java.util.ArrayList;
import java.util.List;

/**
 * The bottom line of one shape under one load.
 *
 * @param shape    how programs were built
 * @param workload what they did
 * @param summary  the bottom line
 */
public record GroupSummary(Shape shape, Load workload, Summary summary) {
    /** One for each shape and load that there are rows of. */
    static List<GroupSummary> of(List<ScoreRow> rows) {
        List<GroupSummary> groups = new ArrayList<>();
        for (Load load : rows.stream().map(ScoreRow::workload).distinct().toList()) {
            for (Shape shape : Shape.values()) {
                List<ScoreRow> own = rows.stream().filter(r -> r.shape() == shape && r.workload().equals(load)).toList();
                if (!own.isEmpty()) {
                    groups.add(new GroupSummary(shape, load, Summary.of(own)));
                }
            }
        }
        return groups;
    }
}
