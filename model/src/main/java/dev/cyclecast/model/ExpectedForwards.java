package dev.cyclecast.model;

/**
 * Static loads that are expected to be served by a store in flight, as one had to wait for such a store: for so many executions
 * their value comes as late as a forwarded one does, and if it was the store's address that came late, they wait for the addresses of
 * all older stores (kernels {@code forward-late-*}).
 */
final class ExpectedForwards {
    /** For each instruction, executions to come that expect a store, and that wait for addresses. */
    private final byte[] expects;
    private final byte[] waits;
    private final byte times;
    /** Cycles by which the value of a load comes later that expects a store. */
    final int extra;
    private final int lookup;

    /** For code of a number of static instructions. */
    ExpectedForwards(CoreProfile p, int code) {
        expects = new byte[code];
        waits = new byte[code];
        times = (byte) p.get(Constant.FORWARD_EXPECTED);
        extra = p.get(Constant.FORWARD_EXPECTED_EXTRA);
        lookup = p.get(Constant.FORWARD_LOOKUP);
    }

    /** Whether a load expects a store; counts an execution. */
    boolean expects(int number) {
        if (expects[number] == 0) {
            return false;
        }
        expects[number]--;
        return true;
    }

    /** Whether one that does waits for the addresses of older stores; counts an execution. */
    boolean waits(int number) {
        if (waits[number] == 0) {
            return false;
        }
        waits[number]--;
        return true;
    }

    /**
     * A load was served by a store.
     *
     * @param generated cycle of the load's address, {@code addressed} that of the store's
     * @param ready     cycle of the store's data
     */
    void served(int number, long generated, long addressed, long ready) {
        if (addressed >= generated || ready > generated) {
            expects[number] = times;
            if (addressed >= generated + lookup) {
                waits[number] = times;
            }
        }
    }
}
