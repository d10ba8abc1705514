package dev.cyclecast.model;

/** Why a cycle passed: the causes of a CPI stack, in the order in which they are printed. */
public enum Cause {
    DISPATCH("dispatch", "dispatch width: as many macro-ops as fit were dispatched"),
    FETCH("fetch", "op cache delivery and taken branches"),
    DECODE("decode", "decoders: op cache misses, and the switch to the decoders"),
    L1I("l1i", "instruction cache and instruction TLB misses"),
    BTB("btb", "bubbles of taken branches and redirects at decode"),
    MISPREDICT("mispredict", "refill after a mispredicted branch"),
    EXECUTE("execute", "latency of operations and chains of them"),
    PORTS("ports", "waiting for a free execution port"),
    L1D("l1d", "load-to-use latency of L1D hits"),
    FORWARD("forward", "store-to-load forwarding, its failures, and refetch where it was predicted wrongly"),
    L2("l2", "L1D misses that hit L2"),
    L3("l3", "L2 misses that hit L3"),
    MEMORY("memory", "L3 misses"),
    DTLB("dtlb", "data TLB misses"),
    STORES("stores", "store queue full"),
    RETIRE("retire", "retire width"),
    SERIAL("serial", "serialising instructions and atomic operations");

    private final String key;
    private final String meaning;

    Cause(String key, String meaning) {
        this.key = key;
        this.meaning = meaning;
    }

    /** Whether what is fetched anew after a wrong prediction may be charged to it, at the site that was predicted. */
    boolean isRedirect() {
        return this == MISPREDICT || this == FORWARD;
    }

    /** Name in JSON and tables. */
    public String key() {
        return key;
    }

    /** What it counts, in a few words. */
    public String meaning() {
        return meaning;
    }
}
