package dev.cyclecast.calibration.ab;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.host.OwnTool;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The small program {@code watch_run}, which starts another and says what the kernel counted of it: from outside, those
 * figures are gone when the process is. Linked statically, so that libraries preloaded for the other leave it alone.
 */
public final class RunWatch {
    private final Path program;

    private RunWatch(Path program) {
        this.program = program;
    }

    /** Compiled from the sources of the repository at home, once for each version of them. */
    public static RunWatch build(Path home) {
        return new RunWatch(OwnTool.build(home, "watch_run"));
    }

    /** What stands before a command so that it runs watched, on the CPU that runs are pinned to. */
    public List<String> prefix(Pinning pinning) {
        return List.of(program.toAbsolutePath().toString(), pinning.pinned() ? Integer.toString(pinning.cpu()) : "-");
    }

    /** Reads what the program said of a run. */
    public static Usage parse(Arm arm, String said) {
        Map<String, String> values = ProgramRunner.values(said);
        try {
            return new Usage(number(values, "wall_seconds"), number(values, "user_seconds"),
                    number(values, "system_seconds"), (long) number(values, "minor_faults"),
                    (long) number(values, "major_faults"), (long) number(values, "voluntary_switches"),
                    (long) number(values, "involuntary_switches"), number(values, "stolen_seconds"),
                    number(values, "ticks_per_cycle_before"), number(values, "ticks_per_cycle_after"));
        } catch (NumberFormatException e) {
            throw new CalibrationException(arm.name() + " (" + arm.program() + ") was not watched: "
                    + values.getOrDefault("error", "'" + said.strip() + "' is no account of a run"), e);
        }
    }

    private static double number(Map<String, String> values, String key) {
        return Double.parseDouble(values.getOrDefault(key, ""));
    }
}
