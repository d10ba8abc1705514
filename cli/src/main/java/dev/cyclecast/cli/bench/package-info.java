/** JMH benchmarks of what the command line does most: reading traces and replaying them. */
package dev.cyclecast.cli.bench;
