package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.ab.AaControl;
import dev.cyclecast.calibration.ab.Host;
import dev.cyclecast.calibration.ab.Stopped;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a reader must know before trusting a scorecard and does not see in its other fields, one line each. */
final class Warnings {
    private static final double MOST_STEAL_PERCENT = 1;

    private Warnings() {
    }

    static List<String> of(Host host, AaControl aa, List<ScoreRow> rows) {
        List<String> warnings = new ArrayList<>();
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
        long cut = rows.stream().filter(r -> r.measured().stopped() == Stopped.BUDGET).count();
        if (cut > 0) {
            warnings.add("the budget was spent before " + cut + " of " + rows.size()
                    + " intervals were narrow enough; raise --budget");
        }
        rows.stream().filter(r -> r.predicted() != null).forEach(r -> {
            if (r.predicted().basis() != r.shape()) {
                warnings.add(name(r) + ": nothing to edit in this shape's own trace; the forecast is that of the "
                        + r.predicted().basis().label() + " shape");
            }
            if (aa.low() != null && Math.abs(r.predicted().gainPercent()) < 0.5 * (aa.high() - aa.low())) {
                warnings.add(format("%s: the forecast of %+.2f %% is below the noise floor of the A/A control, %.2f %%",
                        name(r), r.predicted().gainPercent(), 0.5 * (aa.high() - aa.low())));
            }
        });
        return warnings;
    }

    private static String name(ScoreRow row) {
        return row.proposal() + " " + row.shape().label();
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }
}
