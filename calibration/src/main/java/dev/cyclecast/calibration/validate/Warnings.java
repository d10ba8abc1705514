package dev.cyclecast.calibration.validate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a reader must know before trusting a scorecard, one line each. */
final class Warnings {
    private static final double MOST_STEAL_PERCENT = 1;

    private Warnings() {
    }

    static List<String> of(Host host, AaControl aa, List<ScoreRow> rows) {
        List<String> warnings = new ArrayList<>();
        if (!host.core().exact()) {
            warnings.add(host.core().reason());
        }
        if (!host.pinning().pinned()) {
            warnings.add("runs were " + host.pinning().note());
        }
        if (host.noise().loadAtEnd() > host.cpu().cpus()) {
            warnings.add(format("the machine was busy: load %.1f on %d CPUs; repeat when it is idle",
                    host.noise().loadAtEnd(), host.cpu().cpus()));
        }
        if (host.noise().stealPercent() > MOST_STEAL_PERCENT) {
            warnings.add(format("the hypervisor took %.1f %% of the CPU time", host.noise().stealPercent()));
        }
        if (!aa.clean()) {
            warnings.add("the A/A control does not cover zero: the machine favours an arm, trust no figure");
        }
        if (aa.low() != null) {
            double floor = 0.5 * (aa.high() - aa.low());
            rows.stream().filter(r -> r.predicted() != null && Math.abs(r.predicted().gainPercent()) < floor)
                    .forEach(r -> warnings.add(format("%s %s: the forecast of %+.2f %% is below the noise floor of %.2f %%",
                            r.proposal(), r.shape().label(), r.predicted().gainPercent(), floor)));
        }
        return warnings;
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }
}
