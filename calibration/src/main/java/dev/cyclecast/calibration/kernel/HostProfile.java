package dev.cyclecast.calibration.kernel;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.host.HostCpu;
import dev.cyclecast.model.CoreProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
        for (FittedConstant c : calibration.constants()) {
            CoreProfile.Value source = fitted.constants().get(c.constant());
            Map<String, Object> value = new LinkedHashMap<>();
            value.put("value", c.value());
            value.put("confidence", c.visible() ? "A" : String.valueOf(source.confidence()));
            value.put("source", c.visible() ? "calibration of this host" : source.source());
            value.put("note", c.visible() ? "fitted to " + c.kernels() + " kernels; " + calibration.started() + " has " + c.start()
                    : "not seen by any kernel: as in " + calibration.started());
            value.put("low", c.low());
            value.put("high", c.high());
            constants.put(c.constant().key(), value);
        }
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("name", CoreProfile.HOST);
        root.put("title", "this host: " + cpu.modelName() + " (family " + cpu.family() + ", model " + cpu.model() + "), fitted from "
                + calibration.started() + (calibration.exact() ? "" : ", which is another kind of core"));
        root.put("instructions", fitted.instructions());
        root.put("constants", constants);
        root.put("missing", fitted.missing());
        root.put("cpu", cpu);
        root.put("date", date.toString());
        root.put("startedFrom", calibration.started());
        root.put("sameCore", calibration.exact());
        root.put("notes", calibration.notes());
        root.put("overall", calibration.overall());
        root.put("allocator", calibration.allocator());
        root.put("worst", calibration.worst().stream().map(KernelRow::kernel).toList());
        root.put("kernels", calibration.kernels());
        SimpleModule numbers = new SimpleModule().addSerializer(Double.class, new FiniteOrNull())
                .addSerializer(double.class, new FiniteOrNull());
        ObjectMapper json = new ObjectMapper().registerModule(numbers).enable(SerializationFeature.INDENT_OUTPUT);
        Path aside = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(aside, json.writeValueAsBytes(root));
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new CalibrationException(file + ": cannot be written (" + e.getMessage()
                    + "); see owner, mode and free space, and calibrate again: the timings are kept", e);
        }
    }

    /** JSON knows no NaN. */
    private static final class FiniteOrNull extends StdSerializer<Double> {
        private static final long serialVersionUID = 1;

        private FiniteOrNull() {
            super(Double.class);
        }

        @Override
        public void serialize(Double number, JsonGenerator out, SerializerProvider provider) throws IOException {
            if (Double.isFinite(number)) {
                out.writeNumber(number);
            } else {
                out.writeNull();
            }
        }
    }
}
