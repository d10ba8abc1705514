package dev.cyclecast.calibration.host;

import dev.cyclecast.calibration.CalibrationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The host's CPU, as the kernel describes it.
 *
 * @param vendor    vendor string, such as {@code AuthenticAMD}; {@code unknown} where the kernel gives none
 * @param family    CPUID family, -1 if unknown
 * @param model     CPUID model, -1 if unknown
 * @param stepping  CPUID stepping, -1 if unknown
 * @param modelName name for people
 * @param cpus      number of logical CPUs
 */
public record HostCpu(String vendor, int family, int model, int stepping, String modelName, int cpus) {
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");

    /** The CPU of this machine. */
    public static HostCpu detect() {
        try {
            return parse(Files.readAllLines(CPUINFO));
        } catch (IOException e) {
            throw new CalibrationException(CPUINFO + " cannot be read (" + e.getMessage()
                    + "); the host's core decides which forecast is measured", e);
        }
    }

    /** Reads the lines of a {@code /proc/cpuinfo}; the first CPU stands for all. */
    static HostCpu parse(List<String> lines) {
        Map<String, String> first = new HashMap<>();
        int cpus = 0;
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                String key = line.substring(0, colon).strip();
                first.putIfAbsent(key, line.substring(colon + 1).strip());
                cpus += key.equals("processor") ? 1 : 0;
            }
        }
        return new HostCpu(first.getOrDefault("vendor_id", "unknown"), number(first.get("cpu family")),
                number(first.get("model")), number(first.get("stepping")),
                first.getOrDefault("model name", "unknown CPU"), cpus);
    }

    private static int number(String text) {
        try {
            return text == null ? -1 : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /**
     * The core profile for this CPU.
     *
     * <p>A Zen 3, 4 or 5 gets its own. Other AMD cores get the nearest generation: families before 19h Zen 3, what is
     * newer than Zen 5 that. Any other core gets Zen 4, the middle one, because nothing says which is nearest.
     */
    public CoreMatch core() {
        if (!vendor.equals("AuthenticAMD") && !vendor.equals("HygonGenuine")) {
            return nearest(ZenCore.ZEN4, "not a Zen core");
        }
        return ZenCore.of(family, model).map(this::exact)
                .orElseGet(() -> family < 0x19 ? nearest(ZenCore.ZEN3, "older than Zen 3")
                        : family == 0x19 ? nearest(ZenCore.ZEN4, "of a model that is not listed")
                        : nearest(ZenCore.ZEN5, "newer than Zen 5 or of a model that is not listed"));
    }

    private CoreMatch exact(ZenCore core) {
        return new CoreMatch(core.profile(), true, "host is a " + core.profile() + " core (" + describe() + ")");
    }

    private CoreMatch nearest(ZenCore core, String why) {
        return new CoreMatch(core.profile(), false, "host is " + why + " (" + describe()
                + "): measurement and forecast are of different machines; the forecast is for " + core.profile());
    }

    private String describe() {
        return "%s, family %d, model %d".formatted(modelName, family, model);
    }
}
