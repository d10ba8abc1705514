package dev.cyclecast.cli.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Counts instructions, so that a result is in instructions per second whatever the trace. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class Instructions {
    /** Instructions read or replayed in this iteration. */
    public long instructions;

    /** Starts an iteration at none. */
    @Setup(Level.Iteration)
    public void reset() {
        instructions = 0;
    }
}
