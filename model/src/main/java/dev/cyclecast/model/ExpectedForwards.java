package dev.cyclecast.model;

/**
 * Static loads that are expected to be served by a store in flight, as one had to wait for such a store: for so many executions
 * their value comes as late as a forwarded one does, and if it was the store's address that came late, they wait for the addresses of
 * all older stores (kernels {@code forward-late-*}).
 */
final class ExpectedForwards {
    private final Marks expects;
    private final Marks waits;
    /** Cycles by which the value of a load comes later that expects a store. */
    final int extra;
    private final int lookup;

    /** For code of a number of static instructions. */
    ExpectedForwards(CoreProfile p, int code) {
        expects = new Marks(code, p.get(Constant.FORWARD_EXPECTED));
        waits = new Marks(code, p.get(Constant.FORWARD_EXPECTED));
        extra = p.get(Constant.FORWARD_EXPECTED_EXTRA);
        lookup = p.get(Constant.FORWARD_LOOKUP);
    }

    /** Whether a load expects a store; counts an execution. */
    boolean expects(int number) {
        return expects.take(number);
    }

    /** Whether one that does waits for the addresses of older stores; counts an execution. */
    boolean waits(int number) {
        return waits.take(number);
    }

    /**
     * A load was served by a store.
     *
     * @param generated cycle of the load's address, {@code addressed} that of the store's
     * @param ready     cycle of the store's data
     */
    void served(int number, long generated, long addressed, long ready) {
        if (addressed >= generated || ready > generated) {
            expects.set(number);
            if (addressed >= generated + lookup) {
                waits.set(number);
            }
        }
    }
}
