package dev.cyclecast.model.predict;

/** A source of uncertainty that a forecast draws from. */
public enum Source {
    CONSTANTS("constants", "constants of the core within the range that their sources leave"),
    LAYOUT("layout", "function order, padding inside functions, and place of the stack"),
    COLOURS("colours", "physical pages behind virtual ones"),
    WINDOW("window", "part of the trace"),
    MODEL("model", "what the model gets wrong of marginal costs, as kernels show it"),
    INTERACTION("interaction", "what only two of these do together, and chance");

    private final String key;
    private final String meaning;

    Source(String key, String meaning) {
        this.key = key;
        this.meaning = meaning;
    }

    /** Name in JSON and tables. */
    public String key() {
        return key;
    }

    /** What it is, in a few words. */
    public String meaning() {
        return meaning;
    }
}
