/** Measuring on the host: which CPU it is, paired runs of two programs, and forecasts scored against measurements. */
package dev.cyclecast.calibration;
