package dev.cyclecast.model;

import static dev.cyclecast.trace.Registers.FLAGS;
import static dev.cyclecast.trace.Registers.NONE;
import static dev.cyclecast.trace.Registers.R8;
import static dev.cyclecast.trace.Registers.RAX;
import static dev.cyclecast.trace.Registers.VECTOR;
import static dev.cyclecast.trace.Registers.bit;

import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.MemoryOperand.Segment;
import dev.cyclecast.trace.Operand;
import dev.cyclecast.trace.Operand.Kind;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * A loop of random pieces of code, for properties that have to hold whatever a program does.
 *
 * @param pieces     what an iteration executes
 * @param iterations how often
 * @param warm       iterations before counting begins
 */
record RandomProgram(List<Piece> pieces, int iterations, int warm) {
    private static final int REGISTERS = 6;
    private static final long STACK = 0x700000;
    private static final long DATA = 0x10000000L;

    /** Kinds of code. */
    enum Form { ADD, MULTIPLY, DIVIDE, MOVE, ZERO, SHIFT, VECTOR, NOP, LEA, LOAD, LOAD_THREAD_LOCAL, LOAD_VECTOR, STORE, STORE_BYTE, MODIFY,
        PUSH, POP, CALL, BRANCH, JUMP, SWITCH, LOCKED, STRING, FENCE, MICROCODE, GAP }

    /** How addresses and outcomes go from one iteration to the next. */
    enum Walk { SAME, SLOTS, LINES, PAGES, RANDOM, ALIAS }

    /** One piece: its form, two registers, and how its addresses or outcomes go. */
    record Piece(Form form, int first, int second, Walk walk) {
    }

    /** Any program of up to so many pieces. */
    static Arbitrary<RandomProgram> any(int mostPieces) {
        Arbitrary<Piece> piece = Combinators.combine(Arbitraries.of(Form.class), Arbitraries.integers().between(0, REGISTERS - 1),
                Arbitraries.integers().between(0, REGISTERS - 1), Arbitraries.of(Walk.class)).as(Piece::new);
        return Combinators.combine(piece.list().ofMinSize(1).ofMaxSize(mostPieces), Arbitraries.integers().between(1, 60),
                Arbitraries.integers().between(1, 20)).as(RandomProgram::new);
    }

    /** The program's trace. */
    SyntheticTrace trace() {
        SyntheticTrace t = new SyntheticTrace();
        int[][] numbers = new int[pieces.size()][];
        for (int k = 0; k < numbers.length; k++) {
            numbers[k] = put(t, pieces.get(k));
        }
        int back = t.jump(SyntheticTrace.CODE);
        int[] leaf = {t.nop(3), t.ret()};
        for (int n = 0; n < iterations + warm; n++) {
            if (n == warm) {
                t.count();
            }
            for (int k = 0; k < numbers.length; k++) {
                k += execute(t, k, numbers[k], leaf, n);
            }
            t.run(back);
        }
        return t;
    }

    private static int register(int k) {
        return k == 0 ? RAX : R8 + k;
    }

    private static Operand operand(int register, int bits, boolean read, boolean written) {
        return new Operand(Kind.REGISTER, register, bits, read, written);
    }

    private static MemoryOperand memory(Segment segment, int base, int bytes, boolean read, boolean written) {
        return new MemoryOperand(segment, base, NONE, 0, 8, false, false, bytes, read, written, -1);
    }

    private static int[] put(SyntheticTrace t, Piece p) {
        int a = register(p.first);
        int b = register(p.second);
        List<Operand> two = List.of(operand(a, 64, true, true), operand(b, 64, true, false));
        return switch (p.form) {
            case ADD -> new int[] {t.alu("add", a, b)};
            case MULTIPLY -> new int[] {t.alu("imul", a, b)};
            case DIVIDE -> new int[] {t.put("div", 3, Flow.NEXT, 0, bit(a) | bit(b), bit(a) | bit(FLAGS),
                    List.of(operand(b, 64, true, false)), List.of(), 0)};
            case MOVE -> new int[] {t.put("mov", 3, Flow.NEXT, 0, bit(b), bit(a),
                    List.of(operand(a, 64, false, true), operand(b, 64, true, false)), List.of(), 0)};
            case ZERO -> new int[] {t.alu("xor", a, a)};
            case SHIFT -> new int[] {t.put("shl", 4, Flow.NEXT, 0, bit(a) | bit(b), bit(a) | bit(FLAGS), two, List.of(), 0)};
            case VECTOR -> new int[] {t.put("vpaddq", 5, Flow.NEXT, 0, bit(VECTOR + p.first) | bit(VECTOR + p.second),
                    bit(VECTOR + p.first), List.of(operand(VECTOR + p.first, 256, true, true),
                            operand(VECTOR + p.second, 256, true, false)), List.of(), 0)};
            case NOP -> new int[] {t.nop(1 + p.first + p.second)};
            case LEA -> new int[] {t.put("lea", 5, Flow.NEXT, 0, bit(a) | bit(b), bit(a), List.of(operand(a, 64, false, true)),
                    List.of(), 0)};
            case LOAD -> new int[] {t.load(a, b, 8, 8)};
            case LOAD_THREAD_LOCAL -> new int[] {t.loadThreadLocal(a, 16, 4, -1)};
            case LOAD_VECTOR -> new int[] {t.put("vmovdqu", 5, Flow.NEXT, 0, bit(b), bit(VECTOR + p.first),
                    List.of(operand(VECTOR + p.first, 256, false, true), new Operand(Kind.MEMORY, NONE, 256, true, false)),
                    List.of(memory(Segment.NONE, b, 32, true, false)), 0)};
            case STORE -> new int[] {t.store(a, b, 8, 8)};
            case STORE_BYTE -> new int[] {t.store(a, b, 8, 1)};
            case MODIFY -> new int[] {t.modify(a, b)};
            case PUSH -> new int[] {t.push(a)};
            case POP -> new int[] {t.pop(a)};
            case CALL -> new int[] {t.call(0)};
            case BRANCH -> p.first % 2 == 0 ? new int[] {t.compare(a, b), t.jcc(0)} : new int[] {t.test(b), t.nop(1), t.jcc(0)};
            case JUMP -> {
                int jump = t.jump(0);
                t.org(t.address(jump) + 40);
                yield new int[] {jump};
            }
            case SWITCH -> new int[] {t.jumpRegister(b), t.nop(1), t.nop(3)};
            case LOCKED -> new int[] {t.putLocked("add", 4, bit(b) | bit(a), bit(FLAGS), memory(Segment.NONE, b, 8, true, true))};
            case STRING -> new int[] {t.repeatMove()};
            case FENCE -> new int[] {t.put(p.first % 2 == 0 ? "mfence" : "cpuid", 3, Flow.NEXT, 0, 0, 0, List.of(), List.of(), 0)};
            case MICROCODE -> new int[] {t.put("cmpxchg16b", 4, Flow.NEXT, 0, bit(a) | bit(b), bit(a), List.of(),
                    List.of(memory(Segment.NONE, b, 16, true, true)), 0)};
            case GAP -> {
                int before = t.jump(0);
                t.org(t.address(before) + 5 + 4096L * (1 + p.first) + 64L * p.second);
                yield new int[] {before};
            }
        };
    }

    /** Executes a piece; returns how many pieces behind it are skipped. */
    private int execute(SyntheticTrace t, int k, int[] numbers, int[] leaf, int n) {
        Piece p = pieces.get(k);
        long slot = address(p, k, n);
        switch (p.form) {
            case PUSH, POP -> t.access(numbers[0], STACK - 8L * p.second);
            case CALL -> t.access(numbers[0], STACK - 128).run(leaf[0]).access(leaf[1], STACK - 128);
            case BRANCH -> {
                for (int number : numbers) {
                    t.run(number);
                }
                return outcome(p, k, n) ? 1 : 0;
            }
            case SWITCH -> {
                t.run(numbers[0]);
                if (outcome(p, k, n)) {
                    t.run(numbers[1]);
                }
                t.run(numbers[2]);
            }
            case STRING -> t.access(numbers[0], slot, slot + 4096, (int) (mix(n) & 255));
            default -> t.access(numbers[0], slot);
        }
        return 0;
    }

    private boolean outcome(Piece p, int k, int n) {
        return switch (p.walk) {
            case SAME -> false;
            case SLOTS -> true;
            case LINES -> n % 2 == 0;
            case PAGES -> n % 7 == 3;
            default -> (mix(n * 31L + k) & 1) == 0;
        };
    }

    private static long address(Piece p, int k, int n) {
        return switch (p.walk) {
            case SAME -> DATA + 8L * p.second;
            case SLOTS -> DATA + (n + k) % 8 * 4L;
            case LINES -> DATA + 64L * ((long) n * 3 + k);
            case PAGES -> DATA + 4096L * n + 61;
            case RANDOM -> DATA + (mix(n * 131L + k) & 0x3FFFFF);
            case ALIAS -> DATA + 4096L * (n % 5) + 8L * p.first;
        };
    }

    private static long mix(long x) {
        long y = (x + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        return (y ^ y >>> 31) * 0x94D049BB133111EBL >>> 17;
    }
}
