/** The command line: one small class for each command, and what they share (tables, JSON, errors, progress). */
package dev.cyclecast.cli;
