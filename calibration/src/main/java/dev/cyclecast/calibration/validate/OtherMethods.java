package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.calibration.ab.SessionFolder;
import dev.cyclecast.model.ModelException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the other methods say of each row; asked once. */
final class OtherMethods {
    private final SessionFolder folder;
    private final List<Method> methods;
    private final Spent spent;

    /**
     * What a method said.
     *
     * @param gainPercent null where it has nothing to say
     */
    record Said(Double gainPercent) {
    }

    OtherMethods(SessionFolder folder, List<Method> methods, Spent spent) {
        this.folder = folder;
        this.methods = methods;
        this.spent = spent;
    }

    /** Gains by method. A method that cannot be carried out here says nothing, and the listener is told why. */
    Map<String, Double> of(Method.Builds builds) {
        Map<String, Double> said = new LinkedHashMap<>();
        for (Method method : methods) {
            spent.progress(method.name() + " of " + builds.row().name());
            String name = "methods/" + (method.name() + "-" + builds.row().name()).replaceAll("[^A-Za-z0-9.-]+", "-") + ".json";
            try {
                said.put(method.name(), folder.keep(name, Said.class, () -> new Said(method.gainPercent(builds))).gainPercent());
            } catch (CalibrationException | ModelException e) {
                spent.news(method.name() + " of " + builds.row().name() + ": " + e.getMessage());
                said.put(method.name(), null);
            }
        }
        return said;
    }
}
