/** What people use today to guess what a change gains, on the same builds that a forecast is scored on. */
package dev.cyclecast.calibration.methods;
