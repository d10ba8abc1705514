package dev.cyclecast.calibration.ab;

/** The two programs of a session, under as many layouts as there are. */
public interface Subject {
    /** What A and B are, for people: a title of the session. */
    String title();

    /** Where layouts come from, for people. */
    String layoutSource();

    /** What one layout is, for people. */
    String layout(int number);

    /**
     * The two programs under a layout, built if need be.
     *
     * @param comparison what the run log calls it
     * @param layout     number of the layout; the same number gives the same programs
     * @param operations how much each is to do; programs that do a fixed work are not told
     */
    LayoutPair pair(String comparison, int layout, long operations);

    /** Whether runs can be told how much to do. */
    boolean takesOperations();

    /** SHA-256 of what the two programs are, A's and B's: a session that is resumed must find them unchanged. */
    Hashes hashes();

    /**
     * Two hashes.
     *
     * @param a of the first program
     * @param b of the second program
     */
    record Hashes(String a, String b) {
    }
}
