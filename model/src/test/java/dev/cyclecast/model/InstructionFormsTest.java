package dev.cyclecast.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.Operand;
import dev.cyclecast.trace.Registers;
import dev.cyclecast.trace.TraceReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every instruction form that the shipped traces and the common allocators and C libraries execute has timings of its own. */
class InstructionFormsTest {
    /** All forms in the code of glibc 2.36, its loader, jemalloc 5.3, mimalloc 2.0.9 and tcmalloc 4.5, executed or not. */
    private static final String FORMS = "/forms.txt";

    private static List<String> forms() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                InstructionFormsTest.class.getResourceAsStream(FORMS), StandardCharsets.US_ASCII))) {
            return in.lines().filter(line -> !line.startsWith("#")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An instruction of a form as {@link Instruction#form()} writes it. */
    private static Instruction instruction(String form) {
        String[] parts = form.split(" ");
        List<Operand> operands = new ArrayList<>();
        for (String operand : parts.length == 1 ? new String[0] : parts[1].split(",")) {
            int bits = Integer.parseInt(operand.substring(1));
            operands.add(switch (operand.charAt(0)) {
                case 'm' -> new Operand(Operand.Kind.MEMORY, Registers.NONE, bits, true, true);
                case 'i' -> new Operand(Operand.Kind.IMMEDIATE, Registers.NONE, bits, true, false);
                case 'x' -> new Operand(Operand.Kind.REGISTER, Registers.VECTOR, bits, true, true);
                case 'k' -> new Operand(Operand.Kind.REGISTER, Registers.MASK, bits, true, true);
                default -> new Operand(Operand.Kind.REGISTER, Registers.RAX, bits, true, true);
            });
        }
        Flow flow = parts[0].startsWith("j") && !parts[0].equals("jmp") ? Flow.CONDITIONAL : Flow.NEXT;
        return new Instruction(0, 4, parts[0], form, flow, 0, 0, 0, operands, List.of(), null, 0, false, false, -1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zen3", "zen4", "zen5"})
    void theCheckedFormsAreKnown(String core) {
        InstructionTable table = InstructionTable.of(core);
        List<String> forms = forms();
        assertTrue(forms.size() > 700, "forms read: " + forms.size());
        for (String form : forms) {
            Instruction x = instruction(form);
            assertEquals(form, x.form());
            InstructionTable.Entry entry = table.entry(x);
            assertTrue(entry.known(), core + ": " + form);
            assertTrue(entry.ops() >= 1 && entry.latency() >= 0 && entry.busy() >= 1, core + ": " + form + " " + entry);
        }
    }

    @ParameterizedTest
    @CsvSource({"zen3,mixed", "zen4,mixed", "zen5,mixed", "zen3,mixed-pressure48", "zen4,mixed-pressure48", "zen5,mixed-pressure48"})
    void theShippedTracesFormsAreKnown(String core, String trace) {
        InstructionTable table = InstructionTable.of(core);
        TreeSet<String> unknown = new TreeSet<>();
        List<Instruction> all = TraceReader.open(Path.of(System.getProperty("cyclecast.home"), "traces", "recorded",
                trace + ".cct")).image().instructions();
        assertFalse(all.isEmpty());
        all.stream().filter(x -> !table.entry(x).known()).forEach(x -> unknown.add(x.form()));
        assertEquals(new TreeSet<>(), unknown);
    }

    @ParameterizedTest
    @CsvSource({"frobnicate r32,ALU,1,1", "vfrobnicate x256,VECTOR,1,3", "frobnicate,ALU,1,1"})
    void anUnknownFormIsChargedTheStatedDefaultAndListed(String form, InstructionTable.Port port, int ops, int latency) {
        InstructionTable.Entry entry = InstructionTable.of("zen4").entry(instruction(form));
        assertEquals(new InstructionTable.Entry(port, ops, latency, 1, false), entry);
        String mnemonic = form.split(" ")[0];
        SyntheticTrace t = new SyntheticTrace();
        t.put(mnemonic, 3, Flow.NEXT, 0, 0, 0, List.of(), List.of(), 0);
        t.nop(1);
        t.run(1).count().run(0, 1, 0, 1);
        ReplayReport report = Replay.run(t, CoreProfile.load("zen4"));
        assertEquals(List.of(mnemonic), report.unknownForms());
        assertEquals(0.5, report.defaulted(), 1e-9);
    }
}
