package dev.cyclecast.calibration.ab;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * What the kernel counted of one process, from its start to its end, and the core's clock around it.
 *
 * @param wallSeconds         time from start to end
 * @param userSeconds         time on the CPU in the program
 * @param systemSeconds       time on the CPU in the kernel
 * @param minorFaults         page faults that needed no disk
 * @param majorFaults         page faults that waited for a disk
 * @param voluntarySwitches   times that the process waited for something
 * @param involuntarySwitches times that another process took its CPU
 * @param stolenSeconds       time that the hypervisor took from that CPU
 * @param ticksPerCycleBefore time-stamp counter ticks per core cycle right before
 * @param ticksPerCycleAfter  the same right after
 */
public record Usage(double wallSeconds, double userSeconds, double systemSeconds, long minorFaults, long majorFaults,
                    long voluntarySwitches, long involuntarySwitches, double stolenSeconds, double ticksPerCycleBefore,
                    double ticksPerCycleAfter) {
    /** Time on the CPU. */
    @JsonIgnore
    public double cpuSeconds() {
        return userSeconds + systemSeconds;
    }
}
