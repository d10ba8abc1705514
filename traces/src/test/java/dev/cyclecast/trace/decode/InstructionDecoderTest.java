package dev.cyclecast.trace.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.Operand;
import dev.cyclecast.trace.Registers;
import dev.cyclecast.trace.TraceException;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InstructionDecoderTest {
    private static final long ADDRESS = 0x401000;
    private InstructionDecoder decoder;

    @BeforeAll
    void open() {
        String missing = null;
        try {
            decoder = new InstructionDecoder();
        } catch (TraceException e) {
            missing = e.getMessage();
        }
        assumeTrue(missing == null, missing);
    }

    @AfterAll
    void close() {
        if (decoder != null) {
            decoder.close();
        }
    }

    private Instruction decode(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        Instruction i = decoder.decode(ADDRESS, bytes, bytes.length);
        assertNotNull(i);
        assertEquals(bytes.length, i.length(), i.text());
        return i;
    }

    private static String names(long mask) {
        StringBuilder result = new StringBuilder();
        String[] general = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
            "r14", "r15"};
        for (int r = 0; r < 64; r++) {
            if ((mask & 1L << r) != 0) {
                result.append(result.isEmpty() ? "" : " ").append(r < 16 ? general[r] : r == Registers.FLAGS ? "flags"
                        : r < Registers.MASK ? "v" + (r - Registers.VECTOR) : r < Registers.OTHER
                        ? "k" + (r - Registers.MASK) : "other");
            }
        }
        return result.toString();
    }

    /** Register sets by the manuals (AMD64 Architecture Programmer's Manual, volume 3; Intel SDM, volume 2). */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "48 89 d8               | mov rax, rbx       | rbx                 | rax",
        "88 d8                  | mov al, bl         | rax rbx             | rax",
        "88 fc                  | mov ah, bh         | rax rbx             | rax",
        "66 b8 01 00            | mov ax, 1          | rax                 | rax",
        "b8 01 00 00 00         | mov eax, 1         | ''                  | rax",
        "0f b6 c3               | movzx eax, bl      | rbx                 | rax",
        "48 01 d8               | add rax, rbx       | rax rbx             | rax flags",
        "48 11 d8               | adc rax, rbx       | rax rbx flags       | rax flags",
        "48 39 d8               | cmp rax, rbx       | rax rbx             | flags",
        "48 ff c0               | inc rax            | rax                 | rax flags",
        "48 f7 e3               | mul rbx            | rax rbx             | rax rdx flags",
        "48 f7 f3               | div rbx            | rax rdx rbx         | rax rdx flags",
        "50                     | push rax           | rax rsp             | rsp",
        "58                     | pop rax            | rsp                 | rax rsp",
        "c3                     | ret                | rsp                 | rsp",
        "e8 00 00 00 00         | call               | rsp                 | rsp",
        "ff e0                  | jmp rax            | rax                 | ''",
        "74 05                  | jz                 | flags               | ''",
        "0f 94 c0               | sete al            | rax flags           | rax",
        "48 0f 44 c3            | cmove rax, rbx     | rax rbx flags       | rax",
        "48 8d 44 8b 04         | lea rax,[rbx+rcx*4]| rcx rbx             | rax",
        "48 d3 e0               | shl rax, cl        | rax rcx flags       | rax flags",
        "48 c1 e0 03            | shl rax, 3         | rax                 | rax flags",
        "48 99                  | cqo                | rax                 | rdx",
        "f0 0f b1 0b            | lock cmpxchg       | rax rcx rbx         | rax flags",
        "f3 a4                  | rep movsb          | rcx rsi rdi         | rcx rsi rdi",
        "c5 fd fe c9            | vpaddd ymm1, ..    | v0 v1               | v1",
        "c5 f5 fe d3            | vpaddd ymm2,1,3    | v1 v3               | v2",
        "f2 0f 2a c0            | cvtsi2sd xmm0, eax | rax v0              | v0",
        "f2 0f 58 c1            | addsd xmm0, xmm1   | v0 v1               | v0",
        "f3 0f 10 c1            | movss xmm0, xmm1   | v0 v1               | v0",
        "f3 0f 10 00            | movss xmm0, [rax]  | rax                 | v0",
        "62 f1 75 49 fe c2      | vpaddd zmm0{k1}    | v0 v1 v2 k1         | v0",
        "90                     | nop                | ''                  | ''",
        "0f 1f 04 03            | nop [rbx+rax]      | rax rbx             | ''",
        "d9 e8                  | fld1               | ''                  | other"})
    void registersReadAndWritten(String hex, String name, String reads, String writes) {
        Instruction i = decode(hex);
        assertEquals(reads, names(i.reads()), name + ": " + i.text());
        assertEquals(writes, names(i.writes()), name + ": " + i.text());
    }

    /** Among them those that Capstone 4.0.2 gets wrong: test, cmpxchg, push, call, ret. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "f6 03 01               | r1",
        "80 3b 01               | r1",
        "83 03 01               | rw4",
        "f0 48 0f b1 0b         | rw8",
        "48 87 0b               | rw8",
        "48 89 03               | w8",
        "48 8b 03               | r8",
        "0f b6 03               | r1",
        "50                     | w8s",
        "ff 33                  | r8 w8s",
        "8f 03                  | r8s w8",
        "58                     | r8s",
        "e8 00 00 00 00         | w8s",
        "ff 13                  | r8 w8s",
        "ff d0                  | w8s",
        "c3                     | r8s",
        "c9                     | r8s",
        "a4                     | r1 w1",
        "f3 48 ab               | w8",
        "a6                     | r1 r1",
        "c5 fe 6f 03            | r32",
        "c5 fe 7f 03            | w32",
        "48 8d 03               | ''",
        "0f 1f 00               | ''",
        "0f 18 08               | ''",
        "0f 0d 08               | ''",
        "0f ae 38               | ''",
        "f3 0f c7 f8            | ''"})
    void memoryReadAndWritten(String hex, String expected) {
        Instruction i = decode(hex);
        StringBuilder seen = new StringBuilder();
        for (MemoryOperand m : i.memory()) {
            seen.append(seen.isEmpty() ? "" : " ").append(m.read() ? "r" : "").append(m.written() ? "w" : "")
                    .append(m.bytes()).append(m.stack() ? "s" : "");
        }
        assertEquals(expected, seen.toString(), i.text());
    }

    @ParameterizedTest
    @CsvSource({"90,NEXT", "74 05,CONDITIONAL", "e3 05,CONDITIONAL", "e2 05,CONDITIONAL", "eb 05,JUMP", "e9 00 01 00 00,JUMP",
        "ff e0,INDIRECT_JUMP", "ff 20,INDIRECT_JUMP", "e8 00 00 00 00,CALL", "ff d0,INDIRECT_CALL", "ff 10,INDIRECT_CALL",
        "c3,RETURN", "f3 c3,RETURN", "c2 08 00,RETURN", "0f 05,SYSTEM", "cc,SYSTEM", "cd 80,SYSTEM", "0f 0b,SYSTEM",
        "f4,SYSTEM", "0f a2,NEXT", "0f 31,NEXT", "0f ae f0,NEXT"})
    void flowOfControl(String hex, Flow flow) {
        assertEquals(flow, decode(hex).flow());
    }

    @Test
    void details() {
        Instruction jump = decode("75 fe");
        assertEquals(ADDRESS, jump.target());
        assertEquals("jnz", jump.mnemonic());
        Instruction relative = decode("8b 05 10 00 00 00");
        assertTrue(relative.memory().getFirst().ripRelative());
        assertEquals(ADDRESS + 6 + 16, relative.memory().getFirst().displacement());
        assertEquals(Registers.NONE, relative.memory().getFirst().base());
        Instruction local = decode("64 83 3c 25 fc ff ff ff ff");
        assertEquals(MemoryOperand.Segment.FS, local.memory().getFirst().segment());
        assertEquals(-4, local.memory().getFirst().displacement());
        assertEquals(-1, local.immediate());
        assertEquals("cmp m32,i8", local.form());
        Instruction indexed = decode("4b 8b 44 e5 f8");
        MemoryOperand m = indexed.memory().getFirst();
        assertEquals(13, m.base());
        assertEquals(12, m.index());
        assertEquals(8, m.scale());
        assertEquals(-8, m.displacement());
        assertEquals("mov r64,m64", indexed.form());
        assertEquals("mov -0x8(%r13,%r12,8), %rax", indexed.text());
        assertTrue(decode("f0 ff 03").locked());
        assertTrue(decode("48 87 0b").locked());
        assertFalse(decode("48 87 d9").locked());
        assertTrue(decode("f3 a4").repeated());
        assertFalse(decode("a4").repeated());
        assertFalse(decode("f3 c3").repeated());
        assertEquals(Operand.Kind.IMMEDIATE, decode("48 83 c0 f0").operands().get(1).kind());
        assertEquals(-16, decode("48 83 c0 f0").immediate());
        assertNotNull(decode("48 8d 04 8b").address0());
        assertNotNull(decode("0f 18 08").address0());
        assertNull(decode("0f 1f 00").address0());
        assertEquals("rdpid", decode("f3 0f c7 f8").mnemonic());
        assertEquals("vpaddd x256,x256,x256", decode("c5 f5 fe d3").form());
    }

    @Test
    void halvesAndNonsense() {
        assertNull(decoder.decode(ADDRESS, new byte[] {(byte) 0xe9, 1, 2}, 3));
        Instruction bad = decoder.decode(ADDRESS, new byte[] {0x06}, 1);
        assertEquals(InstructionDecoder.BAD, bad.mnemonic());
        assertEquals(Flow.SYSTEM, bad.flow());
    }
}
