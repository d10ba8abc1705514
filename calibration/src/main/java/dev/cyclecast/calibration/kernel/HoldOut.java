package dev.cyclecast.calibration.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which kernels a second fit does without, so that its error on them tells whether the first one fits what cores do or what
 * these kernels happened to show.
 *
 * <p>The rule: of the kernels, in their order, whose every setting another kernel that stays shows too, every second one is held
 * out, until a third of all is. A kernel that alone shows something is never held out, because nothing else could tell.
 */
final class HoldOut {
    /** The rule in words. */
    static final String RULE = "every kernel whose settings others show too counts, and every second of those is held out until"
            + " a third of all is";
    private static final int STRIDE = 2;
    private static final int SHARE = 3;

    private HoldOut() {
    }

    /** Numbers of the kernels that are held out, of those that were measured. */
    static List<Integer> of(List<Kernel> kernels, double[] measured) {
        Map<Setting, Integer> shown = new HashMap<>();
        int usable = 0;
        for (int k = 0; k < kernels.size(); k++) {
            if (Double.isFinite(measured[k])) {
                usable++;
                kernels.get(k).settings().forEach(s -> shown.merge(s, 1, Integer::sum));
            }
        }
        List<Integer> held = new ArrayList<>();
        int eligible = 0;
        for (int k = 0; k < kernels.size() && SHARE * (held.size() + 1) <= usable; k++) {
            List<Setting> settings = kernels.get(k).settings();
            if (Double.isFinite(measured[k]) && !settings.isEmpty() && settings.stream().allMatch(s -> shown.get(s) > 1)
                    && eligible++ % STRIDE == 1) {
                held.add(k);
                settings.forEach(s -> shown.merge(s, -1, Integer::sum));
            }
        }
        return held;
    }
}
