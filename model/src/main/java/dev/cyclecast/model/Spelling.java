package dev.cyclecast.model;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Finds the name that a misspelt one was meant to be. */
public final class Spelling {
    /** Characters that end a line or do not show, as a regular expression. */
    static final String BREAKS = "\\p{Cntrl}|[\\u2028\\u2029]";
    private static final int LONGEST = 60;

    private Spelling() {
    }

    /** A hint such as {@code "; did you mean 'robEntries'?"}, or nothing where no name is near. */
    public static String hint(String wrong, Collection<String> names) {
        if (wrong.length() > LONGEST) {
            return "";
        }
        String lower = wrong.toLowerCase(Locale.ROOT);
        String nearest = names.stream().min(Comparator.<String>comparingInt(n -> distance(lower, n.toLowerCase(Locale.ROOT)))
                .thenComparing(Comparator.naturalOrder())).orElse("");
        int far = distance(lower, nearest.toLowerCase(Locale.ROOT));
        return nearest.isEmpty() || far > 1 + nearest.length() / 4 ? "" : "; did you mean '" + nearest + "'?";
    }

    /** A name from a file as it may stand in a message: no longer than a line, and without line breaks. */
    public static String quoted(String name) {
        String shown = name.length() > LONGEST ? name.substring(0, LONGEST) + "..." : name;
        return shown.replaceAll(BREAKS, "?");
    }

    /** Letters to insert, take away or change (Levenshtein). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
