/** Absolute cycles per operation, modelled and measured on the very same program, by kind of operation and size class. */
package dev.cyclecast.calibration.cycles;
