/** Forecasts written down before any variant exists, then scored against real runs of the real variants. */
package dev.cyclecast.calibration.validate;
