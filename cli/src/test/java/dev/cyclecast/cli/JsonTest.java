package dev.cyclecast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

/** JSON output. */
class JsonTest {
    @Test
    void keepsFieldOrderAndTypes() throws Exception {
        String text = Json.text(Json.object("z", 1L, "a", List.of(1, 2.5, true, "t\"x"), "none", null, "bad", Double.NaN));
        assertEquals("{\"z\":1,\"a\":[1,2.5,true,\"t\\\"x\"],\"none\":null,\"bad\":null}",
                new ObjectMapper().readTree(text).toString());
        assertEquals('\n', text.charAt(text.length() - 1));
    }
}
