package dev.cyclecast.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The cycles that counted instructions cost at least, by one limit of a core after the other, each of them computed by
 * itself from how often instructions were executed. No simulation may be below any of them.
 *
 * @param lead   cycles by which dispatch was ahead of retirement when counting began: work that counts was begun in them
 * @param limits the limits, counted from dispatch of the first counted instruction on
 */
public record CycleBound(long lead, List<Limit> limits) {
    /**
     * One limit.
     *
     * @param key     name in JSON and messages
     * @param meaning what is limited, in a few words
     * @param cycles  cycles that pass at least between dispatch of the first counted instruction and the last retirement
     */
    public record Limit(String key, String meaning, long cycles) {
    }

    public CycleBound {
        limits = List.copyOf(limits);
    }

    /** The largest limit: the bottleneck of a core that does everything else without delay. */
    public Limit bottleneck() {
        return limits.stream().max(Comparator.comparingLong(Limit::cycles)).orElseThrow();
    }

    /** Cycles that pass at least while counting. */
    public long cycles() {
        return Math.max(0, bottleneck().cycles() - lead);
    }

    /** The same with one limit more. */
    public CycleBound with(Limit limit) {
        List<Limit> more = new ArrayList<>(limits);
        more.add(limit);
        return new CycleBound(lead, more);
    }

    /**
     * Fails where a simulation is faster than a core can be.
     *
     * @param cycles cycles simulated while counting
     * @param what   what was replayed, for the message
     * @return this
     * @throws ModelException naming the limit
     */
    public CycleBound hold(long cycles, String what) {
        Limit most = bottleneck();
        if (cycles + lead < most.cycles()) {
            throw new ModelException(what + ": " + (cycles + lead) + " simulated cycles are below " + most.cycles() + ", which "
                    + most.meaning() + " allows; the simulator is at fault: report it with the trace and the profile");
        }
        return this;
    }
}
