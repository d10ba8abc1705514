package dev.cyclecast.calibration.kernel;

import dev.cyclecast.model.Constant;
import dev.cyclecast.model.CoreProfile;
import dev.cyclecast.model.FormTiming;

/** Something in a profile that kernels show and a fit may move: a constant, or a part of an instruction form's timing. */
public sealed interface Setting {
    /** Name for people and files. */
    String name();

    /** Unit of its value. */
    String unit();

    /** How it varies. */
    Constant.Kind kind();

    /** Least value allowed. */
    int minimum();

    /** Greatest value allowed. */
    int maximum();

    /** The value allowed that is nearest to one. */
    default int clamp(int value) {
        return Math.clamp(value, minimum(), maximum());
    }

    /** Its value in a profile. */
    int get(CoreProfile profile);

    /** A profile with another value of it. */
    CoreProfile with(CoreProfile profile, int value);

    /** The least value that its source leaves open. */
    double low(CoreProfile source);

    /** The greatest value that its source leaves open. */
    double high(CoreProfile source);

    /** A constant of the profile. */
    record OfConstant(Constant constant) implements Setting {
        @Override
        public String name() {
            return constant.key();
        }

        @Override
        public String unit() {
            return constant.unit();
        }

        @Override
        public Constant.Kind kind() {
            return constant.kind();
        }

        @Override
        public int minimum() {
            return constant.minimum();
        }

        @Override
        public int maximum() {
            return constant.maximum();
        }

        @Override
        public int get(CoreProfile profile) {
            return profile.get(constant);
        }

        @Override
        public CoreProfile with(CoreProfile profile, int value) {
            return profile.with(constant, value);
        }

        @Override
        public double low(CoreProfile source) {
            return source.constants().get(constant).low();
        }

        @Override
        public double high(CoreProfile source) {
            return source.constants().get(constant).high();
        }
    }

    /** A part of an instruction form's timing, which the profile then gives in place of its table's. */
    record OfForm(String form, FormTiming.Part part) implements Setting {
        /** Third-party measurements, which most rows of the table are, may be off by this share. */
        private static final double SPREAD = 0.1;

        @Override
        public String name() {
            return form + ": " + part.key();
        }

        @Override
        public String unit() {
            return part == FormTiming.Part.OPS ? "macro-ops" : "cycles";
        }

        @Override
        public Constant.Kind kind() {
            return part == FormTiming.Part.OPS ? Constant.Kind.SIZE : Constant.Kind.LATENCY;
        }

        @Override
        public int minimum() {
            return part.minimum();
        }

        @Override
        public int maximum() {
            return part.maximum();
        }

        @Override
        public int get(CoreProfile profile) {
            return profile.form(form).get(part);
        }

        @Override
        public CoreProfile with(CoreProfile profile, int value) {
            return profile.with(form, profile.form(form).with(part, value));
        }

        @Override
        public double low(CoreProfile source) {
            return Math.max(minimum(), (1 - SPREAD) * get(source));
        }

        @Override
        public double high(CoreProfile source) {
            return Math.min(maximum(), (1 + SPREAD) * get(source));
        }
    }
}
