package dev.cyclecast.calibration.validate;

import dev.cyclecast.calibration.ab.Listener;
import dev.cyclecast.calibration.ab.SessionFolder;
import dev.cyclecast.calibration.ab.TimeLeft;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** How much of its budget a session has spent, over all the times that it was resumed; tells the listener how much is left. */
final class Spent {
    private static final String FILE = "spent.json";
    /** So often it is written to disk. */
    private static final Duration EACH = Duration.ofSeconds(5);

    private final SessionFolder folder;
    private final InstantSource clock;
    private final Listener listener;
    private final Duration before;
    private final Instant opened;
    private final Instant deadline;
    private Instant written;

    /**
     * What is on disk.
     *
     * @param seconds spent so far
     */
    record Seconds(double seconds) {
    }

    /** Goes on from what was spent, until the budget is. */
    Spent(SessionFolder folder, InstantSource clock, Listener listener, double budgetSeconds) {
        this.folder = folder;
        this.clock = clock;
        this.listener = listener;
        before = duration(folder.keep(FILE, Seconds.class, () -> new Seconds(0)).seconds());
        opened = clock.instant();
        written = opened;
        deadline = opened.plus(duration(budgetSeconds)).minus(before);
    }

    /** What the session in a folder has spent. */
    static double seconds(SessionFolder folder) {
        return folder.keep(FILE, Seconds.class, () -> new Seconds(0)).seconds();
    }

    /** When the budget is spent. */
    Instant deadline() {
        return deadline;
    }

    double seconds() {
        return 1e-9 * before.plus(Duration.between(opened, clock.instant())).toNanos();
    }

    /** Tells what goes on, and how much time is left. */
    void progress(String text) {
        Instant now = clock.instant();
        keep(now);
        listener.progress(text + ", " + TimeLeft.text(Duration.between(now, deadline)) + " left");
    }

    /** Tells what goes on in words that say themselves how much time is left. */
    void tell(String text) {
        keep(clock.instant());
        listener.progress(text);
    }

    private synchronized void keep(Instant now) {
        if (Duration.between(written, now).compareTo(EACH) > 0) {
            written = now;
            write();
        }
    }

    /** Tells something that stays true. */
    void news(String text) {
        listener.news(text);
    }

    /** Keeps on disk what was spent. */
    void write() {
        folder.write(FILE, new Seconds(seconds()));
    }

    private static Duration duration(double seconds) {
        return Duration.ofNanos((long) (1e9 * seconds));
    }
}
