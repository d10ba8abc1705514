package dev.cyclecast.calibration.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.model.Constant;
import dev.cyclecast.model.CoreProfile;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The search of a fit, on made-up machines whose costs are closed forms of few constants. */
class FitSearchTest {
    private static final CoreProfile START = CoreProfile.load("zen4");

    /** What a kernel shows and costs. */
    private record Law(List<Constant> shows, ToDoubleFunction<CoreProfile> cost) {
    }

    private static Law law(ToDoubleFunction<CoreProfile> cost, Constant... shows) {
        return new Law(List.of(shows), cost);
    }

    private static KernelCosts costs(List<Law> laws, AtomicLong replays) {
        return new KernelCosts() {
            @Override
            public double cost(int kernel, CoreProfile profile) {
                replays.incrementAndGet();
                return laws.get(kernel).cost().applyAsDouble(profile);
            }

            @Override
            public long events(int kernel) {
                return 1000L * (kernel + 1);
            }
        };
    }

    private static CoreProfile fit(List<Law> laws, CoreProfile machine, AtomicLong replays) {
        List<Kernel> kernels = IntStream.range(0, laws.size()).mapToObj(k -> {
            List<Setting> settings = laws.get(k).shows().stream().<Setting>map(Setting.OfConstant::new).toList();
            return new Kernel("made-up-" + k, "made-up", "", "", settings, 0, false, false, false, "", null, null);
        }).toList();
        double[] measured = laws.stream().mapToDouble(law -> law.cost().applyAsDouble(machine)).toArray();
        return Fit.run(kernels, measured, costs(laws, replays), START, false, Map.of(), 4, share -> { }, () -> true).profile();
    }

    private static CoreProfile fit(List<Law> laws, CoreProfile machine) {
        return fit(laws, machine, new AtomicLong());
    }

    private static List<Integer> values(CoreProfile profile, Constant... constants) {
        return Arrays.stream(constants).map(profile::get).toList();
    }

    /** A pair of store and load: renamed, else predicted, else forwarded. */
    private static double pair(CoreProfile p, int distance) {
        boolean near = distance <= p.get(Constant.RENAME_WINDOW);
        boolean fast = near && (p.has(Constant.RENAME_MEMORY) || p.get(Constant.PSF_PAIRS) > 0);
        return fast ? 1 : p.get(Constant.FORWARD_LATENCY);
    }

    @Property(tries = 20)
    void unitsThatAnswerForEachOtherAreSwitchedOffTogether(@ForAll @IntRange(min = 3, max = 12) int latency) {
        Constant[] all = {Constant.RENAME_MEMORY, Constant.PSF_PAIRS, Constant.RENAME_WINDOW, Constant.FORWARD_LATENCY};
        List<Law> laws = IntStream.range(0, 8).mapToObj(d -> law(p -> pair(p, d), all)).toList();
        CoreProfile machine = START.with(Constant.RENAME_MEMORY, 0).with(Constant.PSF_PAIRS, 0)
                .with(Constant.FORWARD_LATENCY, latency);
        CoreProfile found = fit(laws, machine);
        for (int d = 0; d < laws.size(); d++) {
            assertEquals(pair(machine, d), pair(found, d), "stores in between: " + d);
        }
    }

    @Property(tries = 20)
    void widthsThatHideEachOtherAreFound(@ForAll @IntRange(min = 2, max = 8) int width, @ForAll @IntRange(min = 2, max = 8) int alus) {
        Constant[] both = {Constant.DISPATCH_WIDTH, Constant.ALU_PORTS};
        // Additions need both, no-operations a slot only.
        List<Law> laws = List.of(law(p -> 1.0 / Math.min(p.get(Constant.DISPATCH_WIDTH), p.get(Constant.ALU_PORTS)), both),
                law(p -> 2.0 / Math.min(p.get(Constant.DISPATCH_WIDTH), 2 * p.get(Constant.ALU_PORTS)), both),
                law(p -> 1.0 / p.get(Constant.DISPATCH_WIDTH), Constant.DISPATCH_WIDTH));
        CoreProfile machine = START.with(Constant.DISPATCH_WIDTH, width).with(Constant.ALU_PORTS, alus);
        CoreProfile found = fit(laws, machine);
        laws.forEach(law -> assertEquals(law.cost().applyAsDouble(machine), law.cost().applyAsDouble(found), 0.02));
        assertEquals(width, found.get(Constant.DISPATCH_WIDTH));
    }

    @Test
    void aCapacityIsFoundFarFromWhereItBegins() {
        // Two misses overlap while both fit.
        List<Law> laws = IntStream.of(16, 32, 64, 96, 128, 192, 256, 320, 400, 500).mapToObj(n ->
                law(p -> p.get(Constant.ROB_ENTRIES) >= n ? 400 : 800, Constant.ROB_ENTRIES)).toList();
        int found = fit(laws, START.with(Constant.ROB_ENTRIES, 70)).get(Constant.ROB_ENTRIES);
        assertTrue(found >= 64 && found < 96, "found " + found);
    }

    @Test
    void aMachineThatIsAsTheProfileSaysChangesNothingAndIsSoonDone() {
        Constant[] all = {Constant.RENAME_MEMORY, Constant.PSF_PAIRS, Constant.RENAME_WINDOW, Constant.FORWARD_LATENCY};
        List<Law> laws = IntStream.range(0, 20).mapToObj(d -> law(p -> pair(p, d), all)).toList();
        AtomicLong replays = new AtomicLong();
        CoreProfile found = fit(laws, START, replays);
        assertEquals(values(START, all), values(found, all));
        // Once for what there is to gain, and some for the ranges; none to try moves.
        assertTrue(replays.get() < 40L * laws.size(), replays + " replays");
    }
}
