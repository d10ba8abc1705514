package dev.cyclecast.calibration.host;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The Zen cores for which there is a profile, by CPUID family and model.
 *
 * <p>Ranges of Zen 3 and Zen 4 are those of Linux {@code arch/x86/kernel/cpu/amd.c}; Zen 5's are from there and from
 * InstLatX64's dumps.
 */
public enum ZenCore {
    /** Zen 3 and 3+: Milan, Vermeer, Rembrandt, Cezanne. */
    ZEN3(0x19, 0x00, 0x0F, 0x20, 0x5F),
    /** Zen 4 and 4c: Genoa, Raphael, Phoenix, Bergamo. */
    ZEN4(0x19, 0x10, 0x1F, 0x60, 0xAF),
    /** Zen 5 and 5c: Turin, Strix, Granite Ridge, Krackan. */
    ZEN5(0x1A, 0x00, 0x2F, 0x40, 0x4F, 0x60, 0x7F);

    private final int family;
    private final int[] modelRanges;

    ZenCore(int family, int... modelRanges) {
        this.family = family;
        this.modelRanges = modelRanges;
    }

    /** Name of the core profile. */
    public String profile() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The core with a family and model, if it is one of these. */
    public static Optional<ZenCore> of(int family, int model) {
        return Arrays.stream(values()).filter(c -> c.family == family && c.hasModel(model)).findFirst();
    }

    private boolean hasModel(int model) {
        for (int i = 0; i < modelRanges.length; i += 2) {
            if (model >= modelRanges[i] && model <= modelRanges[i + 1]) {
                return true;
            }
        }
        return false;
    }
}
