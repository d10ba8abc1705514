/** The machine on which measurements are made. */
package dev.cyclecast.calibration.host;
