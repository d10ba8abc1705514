package dev.cyclecast.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Arrows beside lines of code, from branches to where they go: short ones near the code, at most as many side by side as fit. */
final class JumpArrows {
    private static final int LANES = 6;

    /** A branch: from one line to another. */
    record Jump(int from, int to) {
        int top() {
            return Math.min(from, to);
        }

        int bottom() {
            return Math.max(from, to);
        }
    }

    private final char[][] cells;

    /** Arrows of so many lines; those that find no room are left out. */
    JumpArrows(int lines, List<Jump> jumps) {
        cells = new char[lines][LANES + 1];
        for (char[] row : cells) {
            Arrays.fill(row, ' ');
        }
        List<Jump> byLength = new ArrayList<>(jumps);
        byLength.sort(Comparator.comparingInt((Jump j) -> j.bottom() - j.top()).thenComparingInt(Jump::top));
        boolean[][] taken = new boolean[LANES][lines];
        for (Jump jump : byLength) {
            for (int lane = LANES - 1; lane >= 0; lane--) {
                if (isFree(taken[lane], jump)) {
                    Arrays.fill(taken[lane], jump.top(), jump.bottom() + 1, true);
                    draw(jump, lane);
                    break;
                }
            }
        }
    }

    private static boolean isFree(boolean[] lane, Jump jump) {
        for (int line = jump.top(); line <= jump.bottom(); line++) {
            if (lane[line]) {
                return false;
            }
        }
        return true;
    }

    private void draw(Jump jump, int lane) {
        for (int line = jump.top() + 1; line < jump.bottom(); line++) {
            put(line, lane, '│');
        }
        for (int line : new int[] {jump.top(), jump.bottom()}) {
            put(line, lane, line == jump.top() ? '┌' : '└');
            for (int c = lane + 1; c < LANES; c++) {
                put(line, c, '─');
            }
        }
        cells[jump.from()][LANES] = cells[jump.from()][LANES] == '▶' ? '▶' : '─';
        cells[jump.to()][LANES] = '▶';
    }

    private void put(int line, int column, char mark) {
        char there = cells[line][column];
        cells[line][column] = there == ' ' ? mark : there == '─' && mark == '│' || there == '│' && mark == '─' ? '┼' : mark;
    }

    /** What stands before a line of code. */
    String before(int line, boolean plain) {
        String text = new String(cells[line]);
        return plain ? text.replaceAll("[┌└┼]", "+").replace('─', '-').replace('│', '|').replace('▶', '>') : text;
    }
}
