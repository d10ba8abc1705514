/** Paired runs of two programs: pinned processes, blocks A B B A, and the interval of the gain over code layouts. */
package dev.cyclecast.calibration.ab;
