package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Aligned text and CSV of a table. */
class TableTest {
    private static final Terminal PLAIN = terminal(false);

    private final Table table = new Table(Table.Column.words("name", "what"),
            Table.Column.numbers("share", "%", "%.1f").coloured(share -> (double) share > 50 ? Colour.HOT : Colour.PLAIN),
            Table.Column.words("note", "note"))
            .row("short", 99.0, null)
            .row("somewhat longer", 1.25, "a \"note\", quoted");

    @Test
    void alignsNumbersRightAndWordsLeftWithoutTrailingBlanks() {
        assertEquals("""
                  what                %  note
                  short            99.0
                  somewhat longer   1.3  a "note", quoted
                """, table.text(PLAIN, "  "));
    }

    @Test
    void coloursChangeNoAlignment() {
        String coloured = table.text(terminal(true), "  ");
        assertEquals(table.text(PLAIN, "  "), coloured.replaceAll("\u001b\\[[0-9;]*m", ""));
        assertEquals(2 * (3 + 1), coloured.chars().filter(c -> c == '\u001b').count(), "three headings and one hot cell");
    }

    @Test
    void csvQuotesWhatNeedsIt() {
        assertEquals("""
                name,share,note
                short,99.0,
                somewhat longer,1.25,"a ""note"", quoted"
                """, table.csv());
    }

    @Test
    void whatRoundsToZeroHasNoSign() {
        Table signed = new Table(Table.Column.numbers("gain", "gain", "%+.2f")).row(-0.004).row(0.004).row(-0.005001);
        assertEquals(" gain\n 0.00\n 0.00\n-0.01\n", signed.text(PLAIN, ""));
    }

    @Test
    void aRowOfTheWrongLengthIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> table.row("alone"));
    }

    private static Terminal terminal(boolean colour) {
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
        return new Terminal(nowhere, nowhere, colour, false);
    }
}
