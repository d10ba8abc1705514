package dev.cyclecast.calibration.ab;

import dev.cyclecast.calibration.host.CoreMatch;
import dev.cyclecast.calibration.host.HostCpu;
import dev.cyclecast.calibration.host.HostNoise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The machine, and what else it did meanwhile.
 *
 * @param cpu      its CPU
 * @param core     the core profile that the forecasts are for
 * @param pinning  on which CPU the runs were kept
 * @param kernel   version of the operating system
 * @param governor frequency governor of that CPU, or that none is visible
 * @param noise    stolen time and load
 */
public record Host(HostCpu cpu, CoreMatch core, Pinning pinning, String kernel, String governor, HostNoise noise) {
    /** This machine, with a CPU and a CPU to run on, and what it did between two readings. */
    public static Host of(HostCpu cpu, Pinning pinning, HostNoise noise) {
        return of(cpu, cpu.core(), pinning, noise);
    }

    /** The same with forecasts for a core of choice. */
    public static Host of(HostCpu cpu, CoreMatch core, Pinning pinning, HostNoise noise) {
        String kernel = System.getProperty("os.name") + " " + System.getProperty("os.version");
        return new Host(cpu, core, pinning, kernel, governor(Math.max(0, pinning.cpu())), noise);
    }

    private static String governor(int cpu) {
        Path file = Path.of("/sys/devices/system/cpu/cpu" + cpu + "/cpufreq/scaling_governor");
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "not visible";
        }
    }
}
