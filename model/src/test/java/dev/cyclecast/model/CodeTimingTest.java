package dev.cyclecast.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.trace.TraceReader;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the timing of code says that it depends on. */
class CodeTimingTest {
    /** All numbers that a timing consists of, by field, those of its instructions too. */
    private static Map<String, Object> numbers(Object of, String prefix) throws IllegalAccessException {
        Map<String, Object> all = new LinkedHashMap<>();
        for (Field field : of.getClass().getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                continue;
            }
            field.setAccessible(true);
            Object value = field.get(of);
            if (value instanceof InstructionTiming[] each) {
                for (InstructionTiming x : each) {
                    all.putAll(numbers(x, prefix + x.number + "."));
                }
            } else {
                // Arrays in a list of one, for deep equality.
                all.put(prefix + field.getName(), Arrays.deepToString(new Object[] {value}));
            }
        }
        return all;
    }

    private static Map<String, Object> timing(Code code, CoreProfile profile) throws IllegalAccessException {
        InstructionTable table = InstructionTable.of(profile.instructions());
        return numbers(new CodeTiming(code, table, table.entries(code), profile), "");
    }

    /** Profiles with the same {@link CodeTiming#dependsOn} share a timing, so a constant that is missing there gives wrong cycles. */
    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void whatItDoesNotDependOnChangesNothing(String core) throws IllegalAccessException {
        CoreProfile profile = CoreProfile.load(core);
        Code code;
        try (TraceReader trace = TraceReader.open(Path.of(System.getProperty("cyclecast.home"), "traces/recorded/mixed.cct"))) {
            code = Code.of(trace.image());
        }
        Map<String, Object> plain = timing(code, profile);
        int tried = 0;
        List<String> missed = new ArrayList<>();
        for (Constant constant : Constant.values()) {
            int value = profile.get(constant);
            for (int other : new int[] {constant.minimum(), value - 1, value + 1, 2 * value, constant.maximum()}) {
                try {
                    CoreProfile changed = profile.with(constant, other);
                    if (CodeTiming.dependsOn(changed).equals(CodeTiming.dependsOn(profile))) {
                        tried++;
                        if (!plain.equals(timing(code, changed))) {
                            missed.add(constant.name() + " " + other);
                        }
                    }
                } catch (ModelException refused) {
                    // Out of its range, or against another constant.
                }
            }
        }
        assertEquals(List.of(), missed);
        assertTrue(tried > 400, tried + " tried");
    }
}
