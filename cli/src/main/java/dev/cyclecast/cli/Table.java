package dev.cyclecast.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Rows under typed columns, printed aligned for people or as CSV. */
final class Table {
    /**
     * A column.
     *
     * @param field   its name in CSV
     * @param heading its name for people
     * @param right   whether it is aligned to the right
     * @param text    a cell for people
     * @param colour  the colour of a cell
     */
    record Column(String field, String heading, boolean right, Function<Object, String> text, Function<Object, Colour> colour) {
        /** A column of words. */
        static Column words(String field, String heading) {
            return new Column(field, heading, false, Object::toString, value -> Colour.PLAIN);
        }

        /** A column of numbers, formatted with {@link String#format}. */
        static Column numbers(String field, String heading, String format) {
            return new Column(field, heading, true, value -> unsignedZero(format.formatted(value)), value -> Colour.PLAIN);
        }

        /** A number that rounds to zero has no sign. */
        private static String unsignedZero(String number) {
            return number.matches("[-+]0(\\.0+)?") ? number.substring(1) : number;
        }

        /** The same column with coloured cells. */
        Column coloured(Function<Object, Colour> by) {
            return new Column(field, heading, right, text, by);
        }

        /** The same column with other text for people. */
        Column shown(Function<Object, String> as) {
            return new Column(field, heading, right, as, colour);
        }
    }

    private final List<Column> columns;
    private final List<Object[]> rows = new ArrayList<>();

    Table(Column... columns) {
        this.columns = List.of(columns);
    }

    /** Appends a row: one value for each column; null is an empty cell. */
    Table row(Object... values) {
        if (values.length != columns.size()) {
            throw new IllegalArgumentException(values.length + " values for " + columns.size() + " columns");
        }
        rows.add(values.clone());
        return this;
    }

    /** Aligned lines under a line of headings, indented. */
    String text(Terminal terminal, String indent) {
        int count = columns.size();
        String[][] cells = new String[rows.size() + 1][count];
        int[] width = new int[count];
        for (int c = 0; c < count; c++) {
            cells[0][c] = columns.get(c).heading();
            for (int r = 0; r < rows.size(); r++) {
                Object value = rows.get(r)[c];
                cells[r + 1][c] = value == null ? "" : columns.get(c).text().apply(value);
            }
            for (String[] row : cells) {
                width[c] = Math.max(width[c], row[c].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (int r = 0; r < cells.length; r++) {
            StringBuilder line = new StringBuilder(indent);
            int blank = 0;
            for (int c = 0; c < count; c++) {
                String cell = cells[r][c];
                int padding = width[c] - cell.length();
                Object value = r == 0 ? null : rows.get(r - 1)[c];
                Colour colour = r == 0 ? Colour.FAINT : value == null ? Colour.PLAIN : columns.get(c).colour().apply(value);
                // Blanks are held back, so that no line ends in one.
                blank += columns.get(c).right() ? padding : 0;
                if (!cell.isEmpty()) {
                    line.append(" ".repeat(blank)).append(terminal.paint(colour, cell));
                    blank = 0;
                }
                blank += (columns.get(c).right() ? 0 : padding) + 2;
            }
            text.append(line).append('\n');
        }
        return text.toString();
    }

    /** A table of a Markdown page. */
    String markdown() {
        StringBuilder text = new StringBuilder("|");
        columns.forEach(c -> text.append(' ').append(c.heading()).append(" |"));
        text.append("\n|");
        columns.forEach(c -> text.append(c.right() ? "---:|" : "---|"));
        text.append('\n');
        for (Object[] row : rows) {
            text.append('|');
            for (int c = 0; c < row.length; c++) {
                String cell = row[c] == null ? "" : columns.get(c).text().apply(row[c]);
                text.append(' ').append(cell.replace("|", "\\|").replaceAll("\\s+", " ")).append(cell.isEmpty() ? "|" : " |");
            }
            text.append('\n');
        }
        return text.toString();
    }

    /** Comma-separated values with a line of field names, as RFC 4180 has them, but for the line ends. */
    String csv() {
        StringBuilder text = new StringBuilder(String.join(",", columns.stream().map(Column::field).toList())).append('\n');
        for (Object[] row : rows) {
            text.append(String.join(",", Arrays.stream(row).map(Table::csv).toList())).append('\n');
        }
        return text.toString();
    }

    private static String csv(Object value) {
        if (value == null || value instanceof Double number && !Double.isFinite(number)) {
            return "";
        }
        String text = value.toString();
        return text.matches("[^,\"\\r\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    /** A count with thousands separators. */
    static String grouped(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}
