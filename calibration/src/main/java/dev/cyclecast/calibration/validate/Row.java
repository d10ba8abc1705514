package dev.cyclecast.calibration.validate;

import java.util.ArrayList;
import java.util.List;

/**
 * One comparison of a scorecard: a proposal in one shape under one load.
 *
 * @param proposal its id, such as {@code E1}
 * @param base     name of the variant that it starts from
 * @param variant  name of the variant that carries it out
 * @param shape    how both are built
 * @param load     what both do
 */
public record Row(String proposal, String base, String variant, Shape shape, Load load) {
    /** Every proposal in both shapes under all loads. */
    static List<Row> matrix(List<Forecasts.Candidate> candidates, List<Load> loads) {
        List<Row> rows = new ArrayList<>();
        for (Load load : loads) {
            for (Forecasts.Candidate c : candidates) {
                for (Shape shape : Shape.values()) {
                    rows.add(new Row(c.proposal(), c.base(), c.variant(), shape, load));
                }
            }
        }
        return rows;
    }

    /** What the run log, explanations and messages call it, such as {@code E1/free/mixed-pressure48}. */
    public String name() {
        return proposal + "/" + shape.label() + "/" + load.id();
    }
}
