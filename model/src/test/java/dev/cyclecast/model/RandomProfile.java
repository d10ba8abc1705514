package dev.cyclecast.model;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * A core with some constants moved anywhere in their range.
 *
 * @param core    the shipped core
 * @param changes what is moved; a change that contradicts those before it is left out
 */
record RandomProfile(String core, List<Change> changes) {
    /** Most sizes are tried near the small end, where they limit. */
    private static final int REACH = 64;

    /** One constant moved. */
    record Change(Constant constant, int value) {
    }

    /** Any core with up to so many changes. */
    static Arbitrary<RandomProfile> any(int mostChanges) {
        List<Arbitrary<Change>> changes = new ArrayList<>();
        for (Constant c : Constant.values()) {
            int most = Math.min(c.maximum(), c.minimum() + REACH);
            changes.add(Arbitraries.integers().between(c.minimum(), most).map(v -> new Change(c, v)));
        }
        return Combinators.combine(Arbitraries.of(CoreProfile.names()), Arbitraries.oneOf(changes).list().ofMaxSize(mostChanges))
                .as(RandomProfile::new);
    }

    /** The profile. */
    CoreProfile profile() {
        CoreProfile profile = CoreProfile.load(core);
        for (Change change : changes) {
            CoreProfile next = profile.with(change.constant, change.value);
            profile = isSound(next) ? next : profile;
        }
        return profile;
    }

    /** Whether constants do not contradict each other. */
    static boolean isSound(CoreProfile profile) {
        try {
            profile.check(profile.name());
            return true;
        } catch (ModelException e) {
            return false;
        }
    }
}
