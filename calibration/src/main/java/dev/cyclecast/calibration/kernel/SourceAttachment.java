package dev.cyclecast.calibration.kernel;

import dev.cyclecast.model.Constant;
import dev.cyclecast.model.CoreProfile;
import java.util.Set;

/** What it costs a setting to leave the value that the source of a fit gives, in the objective's unit. */
final class SourceAttachment {
    /** What a value other than the source's costs, as a share of the objective's unit: a tie keeps the source's value. */
    private static final double ATTACHMENT = 0.02;
    /**
     * The same for each step beyond what the source leaves open, where the source describes this very core: as much as a
     * kernel that is off by six times its tolerance, so that no single kernel moves what was measured elsewhere.
     */
    private static final double TRUST = 5;
    /** A step of a capacity, as a part of it. */
    private static final int CAPACITY_STEPS = 16;

    private final CoreProfile source;
    private final boolean trusted;

    /**
     * Attachment to a source.
     *
     * @param source  the profile that the fit begins with
     * @param trusted whether it describes this very kind of core
     */
    SourceAttachment(CoreProfile source, boolean trusted) {
        this.source = source;
        this.trusted = trusted;
    }

    /** What a value costs, be it left open by the source or beyond. */
    double attachment(Setting s, int value) {
        int before = s.get(source);
        return ATTACHMENT * Math.abs(value - before) / Math.max(1, before) + distrust(s, value);
    }

    /** What a value beyond those that its source leaves open costs. */
    double distrust(Setting s, int value) {
        double beyond = Math.max(0, Math.max(s.low(source) - value, value - s.high(source)));
        int step = s.kind() == Constant.Kind.SIZE ? Math.max(1, s.get(source) / CAPACITY_STEPS) : 1;
        return trusted ? TRUST * Math.ceil(beyond / step) : 0;
    }

    /** The same for the values that settings have in a profile. */
    double distrust(Set<Setting> settings, CoreProfile profile) {
        return settings.stream().mapToDouble(s -> distrust(s, s.get(profile))).sum();
    }
}
