package dev.cyclecast.allocator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A build of the allocator with a set of {@linkplain Change changes}. Its name is {@code baseline} with changes added and
 * taken away ({@code baseline+b2}, {@code baseline-d1}); a change alone ({@code e1}) stands for the baseline with it, and
 * {@code all} for the baseline with E1 to E4.
 *
 * @param changes the changes that are built in
 */
public record Variant(Set<Change> changes) {
    /** hakmem's Phase 3 + D1 front end as it is. */
    public static final Variant BASELINE = new Variant(baselineChanges());
    /** The founding document's four proposals together. */
    public static final Variant ALL = BASELINE.with(Change.E1).with(Change.E2).with(Change.E3).with(Change.E4);

    private static final String BASELINE_ID = "baseline";
    private static final String ALL_ID = "all";

    public Variant {
        changes = Set.copyOf(changes);
    }

    /** The baseline, each change alone (or the baseline without it, where the baseline has it), and all of E1 to E4. */
    public static List<Variant> named() {
        var variants = new ArrayList<Variant>();
        variants.add(BASELINE);
        for (Change change : Change.values()) {
            variants.add(of(change));
        }
        variants.add(ALL);
        return List.copyOf(variants);
    }

    /** The variant that differs from the baseline by this change alone. */
    public static Variant of(Change change) {
        return BASELINE.flipped(List.of(change));
    }

    /** The variant of that name, in either case. */
    public static Variant parse(String name) {
        String[] parts = name.trim().split("(?=[+-])");
        Variant variant = head(parts[0]);
        for (String part : Arrays.asList(parts).subList(1, parts.length)) {
            Change change = Change.parse(part.substring(1));
            variant = part.startsWith("+") ? variant.with(change) : variant.without(change);
        }
        return variant;
    }

    private static Variant head(String id) {
        if (id.equalsIgnoreCase(BASELINE_ID)) {
            return BASELINE;
        }
        return id.equalsIgnoreCase(ALL_ID) ? ALL : BASELINE.with(Change.parse(id));
    }

    /** This variant with each of the changes added where it is missing, and taken away where it is there. */
    Variant flipped(Collection<Change> flips) {
        Variant variant = this;
        for (Change change : flips) {
            variant = has(change) ? variant.without(change) : variant.with(change);
        }
        return variant;
    }

    /** This variant with a change added. */
    public Variant with(Change change) {
        var more = copy();
        more.add(change);
        return new Variant(more);
    }

    /** This variant with a change taken away. */
    public Variant without(Change change) {
        var fewer = copy();
        fewer.remove(change);
        return new Variant(fewer);
    }

    /** Whether the change is built in. */
    public boolean has(Change change) {
        return changes.contains(change);
    }

    /** The shortest name, used on command lines and in file names: baseline, e1, baseline-d1, ... */
    public String id() {
        if (equals(ALL)) {
            return ALL_ID;
        }
        var id = new StringBuilder(BASELINE_ID);
        List<Change> different = different();
        if (different.size() == 1 && !different.getFirst().inBaseline()) {
            return different.getFirst().id();
        }
        different.forEach(change -> id.append(change.inBaseline() ? '-' : '+').append(change.id()));
        return id.toString();
    }

    /** What the variant is, in one line. */
    public String title() {
        List<Change> different = different();
        if (different.isEmpty()) {
            return "hakmem's Phase 3 + D1 front end as it is";
        }
        List<String> titles = different.stream()
                .map(change -> (change.inBaseline() ? "without: " : "") + change.title()).toList();
        return String.join("; ", titles);
    }

    /** The compiler options that select it. */
    public List<String> definitions() {
        return different().stream().map(change -> "-D" + change.constant() + "=" + (change.inBaseline() ? 0 : 1)).toList();
    }

    @Override
    public String toString() {
        return id();
    }

    private List<Change> different() {
        return Arrays.stream(Change.values()).filter(change -> has(change) != change.inBaseline()).toList();
    }

    private EnumSet<Change> copy() {
        var copy = EnumSet.noneOf(Change.class);
        copy.addAll(changes);
        return copy;
    }

    private static Set<Change> baselineChanges() {
        var set = EnumSet.noneOf(Change.class);
        Arrays.stream(Change.values()).filter(Change::inBaseline).forEach(set::add);
        return set;
    }
}
