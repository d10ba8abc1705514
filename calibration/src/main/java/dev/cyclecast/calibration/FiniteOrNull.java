package dev.cyclecast.calibration;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;

/** Writes numbers to JSON, which knows no infinities and no NaN. */
public final class FiniteOrNull extends StdSerializer<Double> {
    private static final long serialVersionUID = 1;

    private FiniteOrNull() {
        super(Double.class);
    }

    /** All that a mapper must be told. */
    public static SimpleModule module() {
        return new SimpleModule().addSerializer(Double.class, new FiniteOrNull()).addSerializer(double.class, new FiniteOrNull());
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
