package dev.cyclecast.calibration.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.cyclecast.model.Constant;
import dev.cyclecast.model.CoreProfile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A fit against replay itself: kernels replayed under a changed profile stand for measurements of a core that has it. */
class FitTest {
    private static final Set<String> GROUPS = Set.of("width", "load", "forwarding", "modify", "redirect", "call");
    private static final Map<Constant, Integer> PLANTED = new TreeMap<>(Map.of(Constant.MISPREDICT_REFILL, 19,
            Constant.L1D_LATENCY, 5, Constant.SEGMENT_EXTRA, 2, Constant.LINE_CROSS_EXTRA, 6, Constant.FORWARD_LATENCY, 5,
            Constant.FORWARD_FAIL, 15, Constant.ALIAS_4K_EXTRA, 4, Constant.RENAME_MEMORY, 0, Constant.BTB_CALL_BUBBLE, 2,
            Constant.SHIFT_PORTS, 3));
    private static final CoreProfile START = CoreProfile.load("zen4");
    private static List<Kernel> kernels;
    private static List<KernelReplay> replays;

    @BeforeAll
    static void record() {
        KernelBuild build = new KernelBuild(Path.of(System.getProperty("cyclecast.home"), "build/kernels"));
        kernels = Kernels.all().stream().filter(k -> GROUPS.contains(k.group())).toList();
        replays = kernels.stream().map(k -> new KernelReplay(k, build.program(k))).toList();
    }

    @AfterAll
    static void close() {
        replays.forEach(KernelReplay::close);
    }

    private static double[] replayed(CoreProfile profile) {
        return IntStream.range(0, kernels.size()).parallel().mapToDouble(k -> replays.get(k).cost(profile)).toArray();
    }

    private static Fit fit(double[] measured) {
        return fit(measured, false);
    }

    private static Fit fit(double[] measured, boolean trusted) {
        return Fit.run(kernels, measured, KernelReplay.all(replays), START, trusted, Map.of(), 4, share -> { }, () -> true);
    }

    private static List<FittedSetting> settings(Fit fit) {
        return fit.settings(() -> true, late -> fail(late.toString()));
    }

    private static CoreProfile planted() {
        CoreProfile planted = START;
        for (Map.Entry<Constant, Integer> p : PLANTED.entrySet()) {
            planted = planted.with(p.getKey(), p.getValue());
        }
        return planted;
    }

    @Test
    void plantedConstantsAreRecoveredWithinTheirUncertainty() {
        CoreProfile planted = planted();
        double[] measured = replayed(planted);
        Fit result = fit(measured);
        List<String> wrong = new ArrayList<>();
        for (FittedSetting c : settings(result)) {
            int truth = c.setting().get(planted);
            if (c.visible() && (truth < c.low() || truth > c.high())) {
                wrong.add(c.setting().name() + ": planted " + truth + ", found " + c);
            }
        }
        assertEquals(List.of(), wrong);
        double[] after = replayed(result.profile());
        double error = IntStream.range(0, kernels.size())
                .mapToDouble(k -> Math.abs(after[k] - measured[k]) / kernels.get(k).tolerance(measured[k])).average().orElseThrow();
        assertTrue(error < 0.05, "mean residual " + error);
    }

    @Test
    void constantsThatHideEachOtherAreMovedTogether() {
        // A complex address takes five cycles as before; only a simple one takes longer.
        CoreProfile planted = START.with(Constant.L1D_LATENCY, 5).with(Constant.COMPLEX_ADDRESS_EXTRA, 0)
                .with(Constant.SEGMENT_EXTRA, 0);
        CoreProfile found = fit(replayed(planted)).profile();
        assertEquals(List.of(5, 0, 0), List.of(found.get(Constant.L1D_LATENCY), found.get(Constant.COMPLEX_ADDRESS_EXTRA),
                found.get(Constant.SEGMENT_EXTRA)));
    }

    @Test
    void aCoreThatIsAsTheProfileSaysChangesNothing() {
        Fit result = fit(replayed(START));
        assertEquals(List.of(), settings(result).stream().filter(c -> c.value() != c.start()).toList());
    }

    @Test
    void aTrustedProfileIsMovedByManyKernelsNotByOne() {
        Setting cross = new Setting.OfConstant(Constant.LINE_CROSS_EXTRA);
        int[] shows = IntStream.range(0, kernels.size()).filter(k -> kernels.get(k).settings().contains(cross)).toArray();
        assertEquals(1, shows.length);
        double[] one = replayed(START);
        one[shows[0]] += 1;
        assertEquals(START.get(Constant.LINE_CROSS_EXTRA) + 1, fit(one, false).profile().get(Constant.LINE_CROSS_EXTRA));
        assertEquals(List.of(), settings(fit(one, true)).stream().filter(c -> c.value() != c.start()).toList());
        assertEquals(START.get(Constant.L1D_LATENCY) + 1, fit(replayed(START.with(Constant.L1D_LATENCY,
                START.get(Constant.L1D_LATENCY) + 1)), true).profile().get(Constant.L1D_LATENCY));
    }

    @Test
    void whatNoKernelSeesKeepsItsSource() {
        double[] measured = replayed(START);
        // Only the loads were measured.
        for (int k = 0; k < measured.length; k++) {
            measured[k] = kernels.get(k).group().equals("load") ? measured[k] : Double.NaN;
        }
        Map<Setting, FittedSetting> found = settings(fit(measured)).stream()
                .collect(Collectors.toMap(FittedSetting::setting, c -> c));
        assertEquals(Constant.values().length, found.size());
        assertTrue(found.get(new Setting.OfConstant(Constant.L1D_LATENCY)).visible());
        CoreProfile.Value source = START.constants().get(Constant.MISPREDICT_REFILL);
        Setting refill = new Setting.OfConstant(Constant.MISPREDICT_REFILL);
        assertEquals(new FittedSetting(refill, source.value(), source.value(), source.low(), source.high(), 0, false),
                found.get(refill));
    }

    @Test
    void aSearchEndsAtTheReplayAtWhichTimeIsUp() {
        double[] measured = replayed(planted());
        int asked = 500;
        AtomicInteger left = new AtomicInteger(asked);
        Fit fit = Fit.run(kernels, measured, KernelReplay.all(replays), START, false, Map.of(), 4, share -> { },
                () -> left.decrementAndGet() >= 0);
        assertFalse(fit.complete());
        // Each thread that replays is told at most once.
        assertTrue(left.get() >= -Math.max(2, Runtime.getRuntime().availableProcessors()), "asked " + (asked - left.get()) + " times");
        List<Setting> late = new ArrayList<>();
        List<FittedSetting> found = fit.settings(() -> false, late::addAll);
        assertEquals(Set.copyOf(late), kernels.stream().flatMap(k -> k.settings().stream()).filter(late::contains).collect(Collectors.toSet()));
        for (FittedSetting f : found) {
            int value = f.setting().get(fit.profile());
            assertEquals(value, f.value());
            assertTrue(f.low() <= value && value <= f.high(), f.toString());
            if (late.contains(f.setting()) && f.setting().kind() != Constant.Kind.FLAG) {
                assertTrue(f.high() - f.low() >= Math.min(2, f.setting().maximum() - f.setting().minimum()), f.toString());
            }
        }
        assertFalse(late.isEmpty());
    }

    @Test
    void aKernelThatNoConstantCanMeetDoesNotBendTheOthers() {
        double[] measured = replayed(START.with(Constant.FORWARD_LATENCY, 5));
        int[] forwarding = IntStream.range(0, kernels.size()).filter(k -> kernels.get(k).group().equals("forwarding")).toArray();
        // One in ten is far off.
        Arrays.stream(forwarding).filter(k -> k % 10 == 0).forEach(k -> measured[k] *= 5);
        assertEquals(5, fit(measured).profile().get(Constant.FORWARD_LATENCY));
    }
}
