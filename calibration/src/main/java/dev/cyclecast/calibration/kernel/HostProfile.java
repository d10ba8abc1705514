package dev.cyclecast.calibration.kernel;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.WholeFile;
import dev.cyclecast.calibration.FiniteOrNull;
import dev.cyclecast.calibration.host.HostCpu;
import dev.cyclecast.calibration.host.HostFacts;
import dev.cyclecast.model.Constant;
import dev.cyclecast.model.CoreProfile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes the profile of the host: a core profile like the shipped ones, and behind it what it was made from. */
final class HostProfile {
    private HostProfile() {
    }

    /** Writes a profile aside, then gives it its name. */
    static void write(Path file, HostCpu cpu, Instant date, CoreProfile fitted, HostCalibration calibration) {
        Map<String, Object> constants = new LinkedHashMap<>();
        Map<String, Map<String, Object>> forms = new LinkedHashMap<>();
        for (FittedSetting s : calibration.settings()) {
            switch (s.setting()) {
                case Setting.OfConstant c -> constants.put(c.constant().key(), constant(c.constant(), s, fitted.constants().get(c.constant()),
                        calibration.started()));
                case Setting.OfForm f -> {
                    if (s.visible()) {
                        forms.computeIfAbsent(f.form(), form -> new LinkedHashMap<>()).put(f.part().key(), s.value());
                    }
                }
            }
        }
        // What a fit to these very kernels gained on them need not hold for others.
        double off = 100 * Math.max(calibration.marginalDeviation(KernelRow::before), calibration.marginalDeviation(KernelRow::after));
        if (Double.isFinite(off)) {
            int value = Math.clamp(Math.round(off), 0, Constant.MARGINAL_ERROR.maximum());
            constants.put(Constant.MARGINAL_ERROR.key(), Map.of("value", value, "confidence", "A", "source", "calibration of this host",
                    "note", "by the median of kernels", "low", value, "high", value));
        }
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("name", CoreProfile.HOST);
        root.put("title", "this host: " + cpu.modelName() + " (family " + cpu.family() + ", model " + cpu.model() + "), fitted from "
                + calibration.started() + (calibration.exact() ? "" : ", which is another kind of core"));
        root.put("instructions", fitted.instructions());
        root.put("constants", constants);
        root.put("forms", forms);
        root.put("missing", fitted.missing());
        root.put("cpu", cpu);
        root.put("date", date.toString());
        root.put("startedFrom", calibration.started());
        root.put("sameCore", calibration.exact());
        root.put("seconds", calibration.seconds());
        root.put("notes", calibration.notes());
        root.put("overall", calibration.overall());
        root.put("allocator", calibration.allocator());
        root.put("heldOut", calibration.heldOut());
        root.put("worst", calibration.worst().stream().map(KernelRow::kernel).toList());
        root.put("kernels", calibration.kernels());
        ObjectMapper json = new ObjectMapper().registerModule(FiniteOrNull.module()).enable(SerializationFeature.INDENT_OUTPUT);
        try {
            WholeFile.write(file, json.writeValueAsBytes(root));
        } catch (IOException e) {
            throw new CalibrationException(file + ": cannot be written (" + e.getMessage()
                    + "); see owner, mode and free space, and calibrate again: the timings are kept", e);
        }
    }

    private static Map<String, Object> constant(Constant constant, FittedSetting s, CoreProfile.Value source, String started) {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("value", s.value());
        value.put("confidence", s.known() ? "A" : String.valueOf(source.confidence()));
        value.put("source", s.visible() ? "calibration of this host" : s.stated() ? HostFacts.source(constant)
                : source.source());
        value.put("note", s.visible() ? "fitted to " + s.kernels() + " kernels; " + started + " has " + s.start()
                : s.stated() ? "as the host states; " + started + " has " + s.start() : "not seen by any kernel: as in " + started);
        value.put("low", s.low());
        value.put("high", s.high());
        return value;
    }
}
