package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.CalibrationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The beginning of a session, as it is written to disk for one that resumes it.
 *
 * @param request   what is validated, and how
 * @param startedAt when, in ISO form
 * @param inputs    hashes of what it is made from, by name
 */
record ValidationStart(ValidationRequest request, String startedAt, Map<String, String> inputs) {
    ValidationStart {
        inputs = inputs == null ? Map.of() : Map.copyOf(inputs);
    }

    /** Refuses to go on where something is not as it was. */
    void requireUnchanged(Path session, Map<String, String> now) {
        List<String> changed = new ArrayList<>();
        new TreeMap<>(inputs).forEach((name, hash) -> {
            if (!hash.equals(now.get(name))) {
                changed.add(name);
            }
        });
        if (!changed.isEmpty()) {
            throw new CalibrationException(session + ": changed since this session began: " + String.join(", ", changed)
                    + "; bring back what it was, or start another session");
        }
    }
}
