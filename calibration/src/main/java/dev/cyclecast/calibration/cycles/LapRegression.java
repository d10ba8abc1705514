package dev.cyclecast.calibration.cycles;

import dev.cyclecast.calibration.CalibrationException;
import dev.cyclecast.model.LapReplay.Kind;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.linear.SingularMatrixException;
import org.apache.commons.math3.stat.regression.OLSMultipleLinearRegression;

/**
 * Splits the cycles of laps by the kinds of their operations: least squares, without a constant, since every lap has the same
 * number of operations. A coefficient is what one operation of a kind adds to a lap, the program's own work for it and the
 * operations' overlap with one another included.
 *
 * @param cycles         cycles per operation, by kind
 * @param standardErrors of these
 */
record LapRegression(double[] cycles, double[] standardErrors) {
    /**
     * Fits.
     *
     * @param operations of each lap
     * @param lapCycles  of each lap
     * @param kinds      those to be told apart
     * @param others     whether there are others, which make one more kind at the end
     */
    static LapRegression of(List<Map<Kind, Integer>> operations, double[] lapCycles, List<Kind> kinds, boolean others) {
        double[][] counts = new double[operations.size()][kinds.size() + (others ? 1 : 0)];
        for (int lap = 0; lap < counts.length; lap++) {
            for (Map.Entry<Kind, Integer> entry : operations.get(lap).entrySet()) {
                int kind = kinds.indexOf(entry.getKey());
                counts[lap][kind >= 0 ? kind : kinds.size()] += entry.getValue();
            }
        }
        try {
            OLSMultipleLinearRegression regression = new OLSMultipleLinearRegression();
            regression.setNoIntercept(true);
            regression.newSampleData(lapCycles, counts);
            return new LapRegression(regression.estimateRegressionParameters(),
                    regression.estimateRegressionParametersStandardErrors());
        } catch (SingularMatrixException e) {
            throw new CalibrationException("the laps' operations are too much alike to tell their kinds apart; use another lap length", e);
        }
    }
}
