package dev.cyclecast.model.edit;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cyclecast.model.Code;
import dev.cyclecast.model.ModelException;
import dev.cyclecast.model.SyntheticTrace;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.Registers;
import dev.cyclecast.trace.TraceException;
import dev.cyclecast.trace.Variable.Storage;
import dev.cyclecast.trace.decode.InstructionDecoder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Lines of assembly against the bytes that the GNU assembler makes of them, and against what the decoder reads in those. */
class AssemblerTest {
    private final SyntheticTrace trace = new SyntheticTrace();
    private final Instruction near;
    private final Assembler assembler;

    AssemblerTest() {
        trace.variable("t", Storage.THREAD_LOCAL, -64, 8);
        trace.variable("g", Storage.GLOBAL, 0x400000, 8);
        int site = trace.load(Registers.RDX, Registers.RBX, 8, 8);
        Program program = Program.of(trace, Code.of(trace.image()));
        near = trace.image().instructions().get(site);
        assembler = new Assembler(program, near, "x.json: /edits/0/code/0");
    }

    private Instruction assemble(String text) {
        return assembler.assemble(AssemblyLine.parse(text, "x.json: /edits/0/code/0"));
    }

    static List<String[]> table() throws IOException {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                AssemblerTest.class.getResourceAsStream("/assembly.txt"), StandardCharsets.UTF_8))) {
            return in.lines().filter(l -> !l.startsWith("#")).map(l -> l.split(" \\| ")).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("table")
    void lengthsAreThoseOfTheAssembler(String text, String bytes) {
        assertEquals(bytes.length() / 2, assemble(text).length());
    }

    @Test
    void theDecoderReadsTheSameInstruction() throws IOException {
        InstructionDecoder opened = null;
        String missing = null;
        try {
            opened = new InstructionDecoder();
        } catch (TraceException e) {
            missing = e.getMessage();
        }
        assumeTrue(missing == null, missing);
        try (InstructionDecoder decoder = opened) {
            assertAll(table().stream().map(row -> () -> {
                byte[] bytes = HexFormat.of().parseHex(row[1]);
                assertEquals(comparable(decoder.decode(near.address(), bytes, bytes.length)), comparable(assemble(row[0])), row[0]);
            }));
        }
    }

    /** Without what only a place in a program decides: text, target, and the addresses and numbers of variables. */
    private static Instruction comparable(Instruction i) {
        return new Instruction(i.address(), i.length(), i.mnemonic(), "", i.flow(), 0, i.reads(), i.writes(), i.operands(),
                i.memory().stream().map(AssemblerTest::comparable).toList(), i.address0() == null ? null : comparable(i.address0()),
                i.immediate(), i.locked(), i.repeated(), -1);
    }

    private static MemoryOperand comparable(MemoryOperand m) {
        return new MemoryOperand(m.segment(), m.base(), m.index(), m.scale(), m.ripRelative() ? 0 : m.displacement(),
                m.ripRelative(), m.stack(), m.bytes(), m.read(), m.written(), -1);
    }

    @Test
    void placeholdersAreTheRegistersOfTheSelectedInstruction() {
        Instruction i = assemble("lea value, [address + scratch0*2 + 4]");
        assertEquals(Registers.bit(Registers.RBX) | Registers.bit(RegisterName.SCRATCH), i.reads());
        assertEquals(Registers.bit(Registers.RDX), i.writes());
        assertEquals(assemble("mov ecx, edx").length(), assemble("mov scratch3d, scratch1d").length());
        assertTrue(RegisterName.SCRATCH + RegisterName.SCRATCHES < Long.SIZE - 1, "a bit for each, and one for none");
    }

    @Test
    void branchesGoAwayAndAreNamedAsTheDecoderNamesThem() {
        assertEquals("jnz", assemble("jne cold").mnemonic());
        assertEquals(6, assemble("jne cold").length());
        assertEquals(2, assemble("ja short cold").length());
    }

    @Test
    void variablesAreNamedInOperands() {
        MemoryOperand m = assemble("cmp dword ptr fs:[t + 4], 0").memory().getFirst();
        assertEquals(-60, m.displacement());
        assertEquals(0, m.variable());
    }

    static Stream<String> unknown() {
        return Stream.of("frobnicate eax", "mov eax", "mov eax, ebx, ecx", "mov eax, xmm0", "mov [rax], [rbx]", "", ",", "lock",
                "lock mov [rax], eax", "lock add eax, 1", "jz 0x1000", "mov eax, [rax + rbx + rcx]", "mov eax, [eax]",
                "mov eax, [rax*3]", "mov eax, [rax - rbx]", "mov eax, [t*4]", "mov eax, [rip]", "mov eax, [rax + 0x100000000]",
                "mov eax, 09", "mov eax, [", "mov eax, []", "mov eax, [rax+]", "mov eax, 0xfffffffffffffffff", "shl eax",
                "mov eax, " + "9".repeat(300), "call malloc", "ret");
    }

    @ParameterizedTest
    @MethodSource("unknown")
    void whatCannotBeReadIsNamedWithItsPlace(String text) {
        assertRefused(text, "");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "mov eax, rbx | widths", "movzx eax, ebx | widths", "mov eax, 0x123456789 | too large", "add rax, 0x123456789 | too large",
        "mov al, 256 | too large", "shl eax, 64 | widths", "sar edx, bl | widths", "lea al, [rax] | widths", "inc [rax] | width of the access",
        "movzx eax, [rax] | width of the access", "mov eax, [rax + rsp*2] | rsp", "mov eax, fs:[g] | no thread-local",
        "mov eax, [rip + t] | give fs:[t]", "mov eax, fs:[none] | no variable 'none'", "mov eax, [index] | no register for 'index'",
        "cmovz al, bl | widths"})
    void whatCannotBeEncodedIsNamedWithItsPlace(String text, String expected) {
        assertRefused(text, expected);
    }

    private void assertRefused(String text, String expected) {
        ModelException e = assertThrows(ModelException.class, () -> assemble(text), text);
        assertTrue(e.getMessage().startsWith("x.json: /edits/0/code/0: "), e.getMessage());
        assertTrue(e.getMessage().contains(expected), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }
}
