package dev.cyclecast.calibration.ab;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.commons.math3.random.RandomAdaptor;
import org.apache.commons.math3.random.Well19937c;

/** A subject whose layouts come in an order drawn from a seed, so that sessions differ in theirs. */
final class DrawnLayouts implements Subject {
    private final Subject subject;
    private final List<Integer> drawn = new ArrayList<>();

    DrawnLayouts(Subject subject, int layouts, long seed) {
        this.subject = subject;
        for (int i = 0; i < layouts; i++) {
            drawn.add(i);
        }
        Collections.shuffle(drawn, new RandomAdaptor(new Well19937c(seed)));
    }

    @Override
    public String title() {
        return subject.title();
    }

    @Override
    public String layoutSource() {
        return subject.layoutSource();
    }

    @Override
    public String layout(int number) {
        return subject.layout(drawn.get(number));
    }

    @Override
    public LayoutPair pair(String comparison, int layout, long operations) {
        LayoutPair pair = subject.pair(comparison, drawn.get(layout), operations);
        return new LayoutPair(comparison, layout, pair.paddingBytes(), pair.a(), pair.b());
    }

    @Override
    public boolean takesOperations() {
        return subject.takesOperations();
    }

    @Override
    public Hashes hashes() {
        return subject.hashes();
    }
}
