package dev.cyclecast.model.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.random.Well19937c;
import org.junit.jupiter.api.Test;

/** Intervals of gains that are made of known effects. */
class AveragedGainTest {
    private static final List<Design.Draw> DRAWS = Design.draws(2 * Design.BLOCK, 7);
    private static final double T = new TDistribution(null, Design.PAIRS - 1).inverseCumulativeProbability(0.95);

    /** Gains that are sums of normal effects of the given deviations. */
    private static final class Effects {
        private final List<Design.Draw> draws;
        private final double[] gain;
        private final double[] other;

        Effects(Well19937c random, int blocks, double layout, double colours, double window, double constants, double alone) {
            draws = DRAWS.subList(0, blocks * Design.BLOCK);
            gain = new double[draws.size()];
            other = new double[draws.size()];
            Map<String, Double> drawn = new HashMap<>();
            for (int d = 0; d < gain.length; d++) {
                Design.Draw draw = draws.get(d);
                double common = effect(drawn, "layout" + draw.layout(), () -> layout * random.nextGaussian())
                        + effect(drawn, "colours" + draw.colours(), () -> colours * random.nextGaussian())
                        + effect(drawn, "window" + window(draw), () -> window * random.nextGaussian())
                        + alone * random.nextGaussian();
                DoubleSupplier level = () -> constants * random.nextGaussian();
                gain[d] = common + effect(drawn, "constants" + draw.constants().level(), level);
                other[d] = draw.other() == null ? Double.NaN : common + effect(drawn, "constants" + draw.other().level(), level);
            }
        }

        private static double effect(Map<String, Double> drawn, String name, DoubleSupplier draw) {
            return drawn.computeIfAbsent(name, n -> draw.getAsDouble());
        }

        private static int window(Design.Draw draw) {
            return draw.segment() * Design.PLACES + draw.place();
        }

        AveragedGain averaged() {
            return AveragedGain.of(draws, Effects::window, gain, other, 0, 0);
        }
    }

    /** Layouts, windows and the rest err in the mean, one true core's constants beside it. */
    @Property(tries = 8)
    void intervalsHoldTheTrueGainAsOftenAsTheySay(@ForAll @DoubleRange(max = 2) double layout,
            @ForAll @DoubleRange(max = 1) double window, @ForAll @DoubleRange(min = 0.2, max = 3) double alone,
            @ForAll @DoubleRange(max = 2) double constants, @ForAll @IntRange(min = 1, max = 2) int blocks) {
        Well19937c random = new Well19937c(11);
        int held = 0;
        int heldInOne = 0;
        int times = 250;
        for (int k = 0; k < times; k++) {
            AveragedGain gain = new Effects(random, blocks, layout, 0, window, constants, alone).averaged();
            double truth = constants * random.nextGaussian();
            held += gain.low() <= truth && truth <= gain.high() ? 1 : 0;
            double inOne = truth + layout * random.nextGaussian();
            heldInOne += gain.lowInOneLayout() <= inOne && inOne <= gain.highInOneLayout() ? 1 : 0;
        }
        double share = (double) held / times;
        assertTrue(0.81 <= share && share <= 0.98, "interval: " + share);
        double shareInOne = (double) heldInOne / times;
        assertTrue(0.70 <= shareInOne && shareInOne <= 0.98, "one layout: " + shareInOne);
    }

    @Test
    void whatLayoutsDoIsAveragedOverThem() {
        Effects layouts = new Effects(new Well19937c(3), 1, 1, 0, 0, 0, 0);
        AveragedGain gain = layouts.averaged();
        // A variance of one over 32 layouts; within an eighth of the draws, levels of constants take a part of it.
        double half = T * Math.sqrt(1.0 / Design.PAIRS);
        assertEquals(half, gain.percent() - gain.low(), 0.35 * half);
        assertEquals(T, gain.highInOneLayout() - gain.percent(), 0.35 * T);
        assertTrue(gain.shares().get(Source.LAYOUT) > 0.5, gain.toString());
    }

    @Test
    void whatLayoutsDifferByChanceIsNotOneLayouts() {
        Effects layouts = new Effects(new Well19937c(3), 1, 1, 0, 0, 0, 0.5);
        AveragedGain all = layouts.averaged();
        AveragedGain less = AveragedGain.of(layouts.draws, Effects::window, layouts.gain, layouts.other, 0.3, 0);
        double variance = Math.pow((all.highInOneLayout() - all.percent()) / T, 2);
        assertEquals(all.high(), less.high());
        assertEquals(Math.sqrt(variance - 0.3) * T, less.highInOneLayout() - less.percent(), 1e-2);
        AveragedGain none = AveragedGain.of(layouts.draws, Effects::window, layouts.gain, layouts.other, 100, 0);
        assertEquals(none.high(), none.highInOneLayout());
    }

    @Test
    void theSpreadOfConstantsIsNotAveragedAway() {
        List<Design.Draw> draws = Design.draws(Design.BLOCK, 5);
        double[] gain = draws.stream().mapToDouble(d -> d.constants().level()).toArray();
        double[] other = draws.stream().mapToDouble(d -> d.other() == null ? Double.NaN : d.other().level()).toArray();
        AveragedGain averaged = AveragedGain.of(draws, Design.Draw::segment, gain, other, 0, 0);
        assertEquals(3.5, averaged.percent(), 1e-12);
        // Levels 0 to 7: half the mean square difference of an even and an odd one is (21 + 1) / 4.
        double half = new TDistribution(null, Design.LEVELS - 1.0).inverseCumulativeProbability(0.95) * Math.sqrt(5.5);
        assertEquals(half, averaged.high() - averaged.percent(), 1e-9);
        assertEquals(averaged.high(), averaged.highInOneLayout(), 1e-9);
        assertEquals(1, averaged.shares().get(Source.CONSTANTS), 1e-12);
    }

    @Test
    void whatTheModelGetsWrongIsAddedAndNotAveragedAway() {
        List<Design.Draw> draws = Design.draws(Design.BLOCK, 5);
        double[] same = draws.stream().mapToDouble(d -> 7).toArray();
        AveragedGain sure = AveragedGain.of(draws, Design.Draw::segment, same, same, 0, 0);
        assertEquals(sure.low(), sure.high(), 1e-12);
        AveragedGain unsure = AveragedGain.of(draws, Design.Draw::segment, same, same, 0, 4);
        assertEquals(2 * 1.6449, unsure.high() - unsure.percent(), 1e-3);
        assertEquals(unsure.high(), unsure.highInOneLayout(), 1e-12);
        assertEquals(1, unsure.shares().get(Source.MODEL), 1e-12);
    }

    @Property(tries = 50)
    void anotherUnitChangesTheUnitOnly(@ForAll @LongRange long seed, @ForAll @DoubleRange(min = 0.1, max = 10) double factor,
            @ForAll @DoubleRange(min = -50, max = 50) double shift) {
        Effects effects = new Effects(new Well19937c(seed), 1, 1, 0.5, 0.5, 0.3, 1);
        AveragedGain one = effects.averaged();
        for (int d = 0; d < effects.gain.length; d++) {
            effects.gain[d] = factor * effects.gain[d] + shift;
            effects.other[d] = factor * effects.other[d] + shift;
        }
        AveragedGain same = effects.averaged();
        assertEquals(factor * one.percent() + shift, same.percent(), 1e-9);
        assertEquals(factor * one.low() + shift, same.low(), 1e-9);
        assertEquals(factor * one.highInOneLayout() + shift, same.highInOneLayout(), 1e-9);
        assertTrue(one.lowInOneLayout() <= one.low() && one.low() < one.high() && one.high() <= one.highInOneLayout());
        assertEquals(1, one.shares().values().stream().mapToDouble(Double::doubleValue).sum(), 1e-9);
    }
}
