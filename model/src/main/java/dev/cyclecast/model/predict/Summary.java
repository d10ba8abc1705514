package dev.cyclecast.model.predict;

import dev.cyclecast.model.Cause;
import dev.cyclecast.model.Replayer;
import dev.cyclecast.model.edit.Proposal;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** From the paired costs of the draws to a forecast. */
final class Summary {
    private Summary() {
    }

    static Prediction of(Proposal proposal, String core, String trace, List<Design.Draw> draws, Predictor.Costs costs,
                         int c, int arm, Windows.Plan plan, int sites) {
        int n = draws.size();
        long operations = plan.counted();
        Replayer.Cost[] base = costs.costs()[c][0];
        Replayer.Cost[] edited = costs.costs()[c][arm];
        Replayer.Cost[] otherBase = costs.others()[c][0];
        Replayer.Cost[] otherEdited = costs.others()[c][arm];
        Chance byChance = new Chance(base, edited, costs.rates()[c][0], costs.rates()[c][arm]);
        double[] chance = byChance.cycles();
        double[] gain = new double[n];
        double[] other = new double[n];
        double baseCycles = 0;
        double editedCycles = 0;
        Map<Cause, Double> saved = new EnumMap<>(Cause.class);
        for (Cause cause : Cause.values()) {
            saved.put(cause, 0.0);
        }
        for (int d = 0; d < n; d++) {
            gain[d] = gain(base[d], edited[d], chance[d]);
            if (otherBase[d] != null) {
                other[d] = gain(otherBase[d], otherEdited[d], chance[d]);
            }
            baseCycles += (double) base[d].cycles() / operations / n;
            editedCycles += (edited[d].cycles() - chance[d]) / operations / n;
            for (Cause cause : Cause.values()) {
                double difference = base[d].byCause()[cause.ordinal()] - edited[d].byCause()[cause.ordinal()]
                        + (cause == Cause.MISPREDICT ? chance[d] : 0);
                saved.merge(cause, difference / operations / n, Double::sum);
            }
        }
        double percentPerCycle = 100.0 * baseCycles / (editedCycles * editedCycles * operations);
        AveragedGain averaged = AveragedGain.of(draws, d -> plan.window(d.segment(), d.place()), gain, other,
                percentPerCycle * percentPerCycle * byChance.varianceLeft(),
                model(saved, costs.marginalErrors()[c] / 100.0 * percentPerCycle * operations));
        double days = proposal.effortDays().isEmpty() ? Double.NaN : proposal.effortDays().getLast();
        return new Prediction(proposal.id(), proposal.title(), core, trace, averaged.percent(), averaged.low(), averaged.high(),
                averaged.lowInOneLayout(), averaged.highInOneLayout(), AveragedGain.LEVEL, n,
                n > 1 ? Verdict.of(averaged.low(), averaged.high()) : null, proposal.effortDays(), averaged.low() / days,
                proposal.risk(), proposal.statedGain(), baseCycles, editedCycles, saved, averaged.shares(), sites);
    }

    /**
     * Variance of the gain by what the model gets wrong, where the cycles that each cause saves are off by a share of their own.
     *
     * @param scale gain by a cycle for each operation, times that share
     */
    private static double model(Map<Cause, Double> saved, double scale) {
        return saved.values().stream().mapToDouble(cycles -> scale * cycles * scale * cycles).sum();
    }

    private static double gain(Replayer.Cost base, Replayer.Cost edited, double chance) {
        return 100.0 * (base.cycles() / (edited.cycles() - chance) - 1);
    }
}
