/** Small programs that show what a core does: measured, replayed, and used to fit a profile to the host. */
package dev.cyclecast.calibration.kernel;
