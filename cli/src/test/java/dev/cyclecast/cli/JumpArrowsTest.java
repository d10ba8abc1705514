package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JumpArrowsTest {
    private static String drawn(int lines, JumpArrows.Jump... jumps) {
        JumpArrows arrows = new JumpArrows(lines, List.of(jumps));
        return String.join("\n", IntStream.range(0, lines).mapToObj(l -> arrows.before(l, true)).toList());
    }

    @Test
    void aJumpForwardPointsDownAndAJumpBackPointsUp() {
        assertEquals("     +-\n     | \n     +>", drawn(3, new JumpArrows.Jump(0, 2)));
        assertEquals("     +>\n     +-", drawn(2, new JumpArrows.Jump(1, 0)));
    }

    @Test
    void aLongerJumpPassesOutsideAShorterOne() {
        assertEquals("    +--\n    |+-\n    |+>\n    +->", drawn(4, new JumpArrows.Jump(0, 3), new JumpArrows.Jump(1, 2)));
    }

    @Test
    void whatFindsNoRoomIsLeftOut() {
        JumpArrows.Jump[] nested = IntStream.range(0, 9).mapToObj(i -> new JumpArrows.Jump(i, 20 - i)).toArray(JumpArrows.Jump[]::new);
        assertEquals("       ", drawn(21, nested).lines().findFirst().orElseThrow());
    }
}
