package dev.cyclecast.calibration.ab;

import java.nio.file.Path;

/** Who is told how a session goes. */
public interface Listener {
    /** From now on, every run is kept in this folder. */
    void began(Path folder);

    /** What goes on now, in place of what was told before. */
    void progress(String text);

    /** Something that stays true. */
    void news(String text);
}
