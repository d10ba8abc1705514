package dev.cyclecast.trace.decode;

import dev.cyclecast.trace.TraceException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * The Zydis 4.0 disassembler library, called through the foreign-function interface; for one thread.
 *
 * <p>The offsets are those of {@code ZydisDecodedInstruction} and {@code ZydisDecodedOperand} in the headers of Zydis 4.0
 * (DecoderTypes.h) on 64-bit Linux; {@link #open} checks them against known encodings.
 */
public final class Zydis implements AutoCloseable {
    /** The Debian package that has the library. */
    public static final String PACKAGE = "libzydis4.0";
    private static final String LIBRARY = "libZydis.so.4.0";
    private static final int NO_MORE_DATA = 0x80200000;
    private static final int MAX_OPERANDS = 10;
    private static final int OPERAND_BYTES = 80;
    private static final int TEXT_BYTES = 256;

    /** Formatter properties that are switched off: padding of numbers (addresses, displacements, immediates), upper case. */
    private static final int[] PLAIN = {9, 10, 13, 16, 24};

    /** Operand types, visibilities and actions as in ZydisOperandType, ZydisOperandVisibility, ZydisOperandAction. */
    static final int REGISTER = 1, MEMORY = 2, IMMEDIATE = 4;
    static final int EXPLICIT = 1, IMPLICIT = 2, HIDDEN = 3;
    static final int READ = 1, WRITE = 2, CONDITIONAL_READ = 4, CONDITIONAL_WRITE = 8;
    /** Memory operand types: an access, or an address that is only computed. */
    static final int ACCESS = 1, ADDRESS_ONLY = 2;
    /** Attributes. */
    static final long HAS_LOCK = 1L << 27, HAS_REPEAT = 7L << 28;

    /** CF, PF, AF, ZF, SF and OF by their places in the flags register. */
    private static final int ARITHMETIC = 0x8d5;

    private final Arena arena;
    private final MethodHandle decode;
    private final MethodHandle format;
    private final MethodHandle mnemonicName;
    private final MemorySegment decoder;
    private final MemorySegment formatter;
    private final MemorySegment instruction;
    private final MemorySegment operands;
    private final MemorySegment code;
    private final MemorySegment text;
    private int codeLength;

    private Zydis(Arena arena, SymbolLookup library) throws Throwable {
        this.arena = arena;
        Linker linker = Linker.nativeLinker();
        decode = linker.downcallHandle(library.findOrThrow("ZydisDecoderDecodeFull"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        format = linker.downcallHandle(library.findOrThrow("ZydisFormatterFormatInstruction"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                        ValueLayout.JAVA_BYTE, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS));
        mnemonicName = linker.downcallHandle(library.findOrThrow("ZydisMnemonicGetString"),
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        decoder = arena.allocate(64, 8);
        formatter = arena.allocate(4096, 8);
        instruction = arena.allocate(4096, 8);
        operands = arena.allocate(OPERAND_BYTES * MAX_OPERANDS + 1024, 8);
        code = arena.allocate(16);
        text = arena.allocate(TEXT_BYTES);
        int status = (int) linker.downcallHandle(library.findOrThrow("ZydisDecoderInit"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                .invokeExact(decoder, 0, 2);
        int formatterStatus = (int) linker.downcallHandle(library.findOrThrow("ZydisFormatterInit"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT))
                .invokeExact(formatter, 0);
        MethodHandle set = linker.downcallHandle(library.findOrThrow("ZydisFormatterSetProperty"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
        for (int property : PLAIN) {
            formatterStatus |= (int) set.invokeExact(formatter, property, 0L);
        }
        if (status < 0 || formatterStatus < 0) {
            throw unlike("it does not initialise");
        }
    }

    /**
     * Loads the library and checks that it is the one whose structures are known.
     *
     * @throws TraceException if it is missing, or another version
     */
    public static Zydis open() {
        Arena arena = Arena.ofConfined();
        try {
            SymbolLookup library = SymbolLookup.libraryLookup(LIBRARY, arena);
            long version = (long) Linker.nativeLinker().downcallHandle(library.findOrThrow("ZydisGetVersion"),
                    FunctionDescriptor.of(ValueLayout.JAVA_LONG)).invokeExact();
            if (version >>> 32 != 0x00040000L) {
                throw unlike("it is version " + (version >>> 48) + "." + (version >>> 32 & 0xffff));
            }
            Zydis zydis = new Zydis(arena, library);
            zydis.check();
            return zydis;
        } catch (IllegalArgumentException e) {
            arena.close();
            throw new TraceException(LIBRARY + " is missing; install it with `apt-get install " + PACKAGE + "`", e);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        } catch (Throwable e) {
            arena.close();
            throw new TraceException(LIBRARY + " cannot be called (" + e + ")", e);
        }
    }

    private static TraceException unlike(String why) {
        return new TraceException(LIBRARY + ": not the Zydis 4.0 that this program knows: " + why + "; install " + PACKAGE);
    }

    /** Decodes instructions that touch every field in use, and compares. */
    private void check() {
        // lock add dword ptr fs:[rbx+rcx*4-8], 0x11
        expect(decode(new byte[] {(byte) 0xf0, 0x64, (byte) 0x83, 0x44, (byte) 0x8b, (byte) 0xf8, 0x11}, 7) == 7
                && mnemonic().equals("add") && (attributes() & HAS_LOCK) != 0 && operandCount() == 3
                && visibleOperandCount() == 2 && type(0) == MEMORY && memoryType(0) == ACCESS && segment(0) == 202
                && base(0) == 56 && index(0) == 54 && scale(0) == 4 && displacement(0) == -8 && bits(0) == 32
                && actions(0) == (READ | WRITE) && type(1) == IMMEDIATE && immediate(1) == 0x11 && visibility(2) == HIDDEN
                && type(2) == REGISTER && register(2) == 194 && actions(2) == WRITE && !testsArithmeticFlags(), "add");
        // jz +5
        expect(decode(new byte[] {0x74, 5}, 2) == 2 && testsArithmeticFlags(), "jz");
        // rep movsb; vpaddd zmm3, zmm4, zmm31; jmp +5; r15b and ah
        expect(decode(new byte[] {(byte) 0xf3, (byte) 0xa4}, 2) == 2 && mnemonic().equals("movsb")
                && (attributes() & HAS_REPEAT) != 0, "rep movsb");
        expect(decode(new byte[] {0x62, (byte) 0x91, 0x5d, 0x48, (byte) 0xfe, (byte) 0xdf}, 6) == 6
                && register(0) == 155 && bits(0) == 512, "vpaddd");
        expect(decode(new byte[] {(byte) 0xe9, 5, 0, 0, 0}, 5) == 5 && isRelative(0) && immediate(0) == 5
                && category() == 96, "jmp");
        expect(decode(new byte[] {0x45, (byte) 0x88, (byte) 0xff}, 3) == 3 && register(0) == 20, "mov");
        expect(decode(new byte[] {(byte) 0x88, (byte) 0xe0}, 2) == 2 && register(1) == 5, "mov");
        expect(decode(new byte[] {(byte) 0xe9, 5}, 2) == 0, "half a jmp");
        expect(decode(new byte[] {0x06}, 1) == -1, "an invalid opcode");
        expect(decode(new byte[] {(byte) 0x90}, 1) == 1 && format(0).equals("nop"), "nop");
        expect(decode(new byte[] {(byte) 0xe9, (byte) 0xa6, 0, 0, 0}, 5) == 5 && format(0).equals("jmp 0xab"), "text");
    }

    private static void expect(boolean holds, String what) {
        if (!holds) {
            throw unlike("it decodes " + what + " in another way");
        }
    }

    /** Decodes one instruction; returns its length, 0 if the bytes end inside it, or -1 if it is not valid. */
    int decode(byte[] bytes, int length) {
        codeLength = Math.min(length, 15);
        MemorySegment.copy(bytes, 0, code, ValueLayout.JAVA_BYTE, 0, codeLength);
        int status;
        try {
            status = (int) decode.invokeExact(decoder, code, (long) codeLength, instruction, operands);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        return status == NO_MORE_DATA ? 0 : status < 0 ? -1 : instruction.get(ValueLayout.JAVA_BYTE, 8) & 0xff;
    }

    /** The instruction in AT&amp;T syntax, as it reads at an address. */
    String format(long address) {
        try {
            int status = (int) format.invokeExact(formatter, instruction, operands, (byte) visibleOperandCount(), text,
                    (long) TEXT_BYTES, address, MemorySegment.NULL);
            return status < 0 ? mnemonic() : text.getString(0, StandardCharsets.US_ASCII);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    String mnemonic() {
        try {
            MemorySegment name = (MemorySegment) mnemonicName.invokeExact(instruction.get(ValueLayout.JAVA_INT, 4));
            return name.reinterpret(64).getString(0, StandardCharsets.US_ASCII);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether the instruction reads one of the arithmetic flags, so not only the direction flag, say. */
    boolean testsArithmeticFlags() {
        MemorySegment flags = instruction.get(ValueLayout.ADDRESS, 40);
        return !flags.equals(MemorySegment.NULL) && (flags.reinterpret(4).get(ValueLayout.JAVA_INT, 0) & ARITHMETIC) != 0;
    }

    long attributes() {
        return instruction.get(ValueLayout.JAVA_LONG, 32);
    }

    int category() {
        return instruction.get(ValueLayout.JAVA_INT, 92);
    }

    int operandCount() {
        return instruction.get(ValueLayout.JAVA_BYTE, 24);
    }

    int visibleOperandCount() {
        return instruction.get(ValueLayout.JAVA_BYTE, 25);
    }

    int visibility(int operand) {
        return word(operand, 4);
    }

    int actions(int operand) {
        return operands.get(ValueLayout.JAVA_BYTE, operand * OPERAND_BYTES + 8L);
    }

    int bits(int operand) {
        return operands.get(ValueLayout.JAVA_SHORT, operand * OPERAND_BYTES + 16L) & 0xffff;
    }

    int type(int operand) {
        return word(operand, 32);
    }

    int register(int operand) {
        return word(operand, 40);
    }

    int memoryType(int operand) {
        return word(operand, 40);
    }

    int segment(int operand) {
        return word(operand, 44);
    }

    int base(int operand) {
        return word(operand, 48);
    }

    int index(int operand) {
        return word(operand, 52);
    }

    int scale(int operand) {
        return operands.get(ValueLayout.JAVA_BYTE, operand * OPERAND_BYTES + 56L);
    }

    long displacement(int operand) {
        return operands.get(ValueLayout.JAVA_LONG, operand * OPERAND_BYTES + 72L);
    }

    boolean isRelative(int operand) {
        return operands.get(ValueLayout.JAVA_BYTE, operand * OPERAND_BYTES + 41L) != 0;
    }

    long immediate(int operand) {
        return operands.get(ValueLayout.JAVA_LONG, operand * OPERAND_BYTES + 48L);
    }

    private int word(int operand, int offset) {
        return operands.get(ValueLayout.JAVA_INT, (long) operand * OPERAND_BYTES + offset);
    }

    @Override
    public void close() {
        arena.close();
    }
}
