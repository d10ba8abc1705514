package dev.cyclecast.model;

import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Function;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.Module;
import dev.cyclecast.trace.ProgramImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The code of a program, as recorded or as edited: instructions by number, and the bodies that hold them in memory order.
 *
 * <p>Numbers below {@code image.instructions().size()} are those of the recorded image; an edit adds instructions behind
 * them and leaves removed ones out of every body.
 */
public final class Code {
    /**
     * A contiguous piece of code that a linker moves as a whole: a function, or all of a module that is not relinked.
     *
     * @param name         function name
     * @param module       module number; bodies are permuted within a module
     * @param movable      whether a layout may move it
     * @param start        address in the recorded process; of a clone, the address of its origin
     * @param instructions instruction numbers in memory order
     * @param gapBefore    for each, bytes of code that was not executed between it and the one before
     * @param tail         bytes behind the last instruction
     * @param alignment    the least alignment that explains where it starts, in bytes
     */
    public record Body(String name, int module, boolean movable, long start, int[] instructions, int[] gapBefore,
                       int tail, int alignment) {
        /** The same place with other instructions. */
        public Body with(String other, int[] numbers, int[] gaps, int rest) {
            return new Body(other, module, movable, start, numbers, gaps, rest, alignment);
        }
    }

    private static final int NOWHERE = -2;
    private static final int LEAST_ALIGNMENT = 16;
    private static final int LARGEST_ALIGNMENT = 4096;

    private final Instruction[] instructions;
    private final List<Body> bodies;
    private final int[] bodyOf;
    private final int[] successor;
    /** By conditional branch: its successor; of other instructions a number that none has. */
    private final int[] fallThrough;

    /** Code with the given instructions, of which those that no body holds do not exist in memory. */
    public Code(Instruction[] instructions, List<Body> bodies) {
        this.instructions = instructions;
        this.bodies = List.copyOf(bodies);
        bodyOf = new int[instructions.length];
        successor = new int[instructions.length];
        java.util.Arrays.fill(bodyOf, -1);
        java.util.Arrays.fill(successor, -1);
        for (int b = 0; b < this.bodies.size(); b++) {
            Body body = this.bodies.get(b);
            for (int k = 0; k < body.instructions().length; k++) {
                bodyOf[body.instructions()[k]] = b;
                if (k > 0 && body.gapBefore()[k] == 0) {
                    successor[body.instructions()[k - 1]] = body.instructions()[k];
                }
            }
        }
        fallThrough = new int[instructions.length];
        java.util.Arrays.setAll(fallThrough, s -> instructions[s].flow() == Flow.CONDITIONAL ? successor[s] : NOWHERE);
    }

    /** The code of a recorded image. */
    public static Code of(ProgramImage image) {
        Instruction[] instructions = image.instructions().toArray(new Instruction[0]);
        Set<Integer> relinked = new HashSet<>(Set.of(0));
        image.variables().forEach(v -> relinked.add(v.module()));
        List<Body> bodies = new ArrayList<>();
        int next = 0;
        long end = 0;
        for (int f = 0; f < image.functions().size(); f++) {
            Function function = image.functions().get(f);
            if (!relinked.contains(function.module())) {
                continue;
            }
            next = fixed(image, instructions, next, function.address(), bodies);
            int first = next;
            while (next < instructions.length && instructions[next].function() == f) {
                next++;
            }
            if (next > first || function.size() > 0) {
                bodies.add(body(function, instructions, first, next, alignment(end, function.address())));
                end = Math.max(end, function.address() + function.size());
            }
        }
        fixed(image, instructions, next, -1, bodies);
        return new Code(instructions, bodies);
    }

    /** Puts instructions below an address (unsigned) that no movable function holds into bodies that stay where they are. */
    private static int fixed(ProgramImage image, Instruction[] instructions, int from, long below, List<Body> bodies) {
        int next = from;
        while (next < instructions.length && Long.compareUnsigned(instructions[next].address(), below) < 0) {
            int module = moduleOf(image, instructions[next].address());
            int first = next;
            while (next < instructions.length && Long.compareUnsigned(instructions[next].address(), below) < 0
                    && moduleOf(image, instructions[next].address()) == module) {
                next++;
            }
            String name = module < 0 ? "[unknown]" : "[" + image.modules().get(module).name() + "]";
            long start = instructions[first].address();
            bodies.add(assemble(name, module, false, start, instructions, first, next, 0,
                    LEAST_ALIGNMENT));
        }
        return next;
    }

    /** The least power of two from 16 on to which the end of one function must be rounded up to give the start of the next. */
    private static int alignment(long end, long start) {
        for (int a = LEAST_ALIGNMENT; a <= LARGEST_ALIGNMENT; a *= 2) {
            if ((end + a - 1 & -a) == start) {
                return a;
            }
        }
        return LEAST_ALIGNMENT;
    }

    private static int moduleOf(ProgramImage image, long address) {
        for (int m = 0; m < image.modules().size(); m++) {
            Module module = image.modules().get(m);
            if (address >= module.start() && address < module.end()) {
                return m;
            }
        }
        return -1;
    }

    private static Body body(Function f, Instruction[] instructions, int from, int to,
                             int alignment) {
        return assemble(f.name(), f.module(), true, f.address(), instructions, from, to, f.size(), alignment);
    }

    private static Body assemble(String name, int module, boolean movable, long start, Instruction[] instructions,
                                 int from, int to, long size, int alignment) {
        int[] numbers = new int[to - from];
        int[] gaps = new int[to - from];
        long end = start;
        for (int k = from; k < to; k++) {
            numbers[k - from] = k;
            gaps[k - from] = Math.clamp(instructions[k].address() - end, 0, Integer.MAX_VALUE);
            end = instructions[k].end();
        }
        return new Body(name, module, movable, start, numbers, gaps,
                Math.clamp(start + size - end, 0, Integer.MAX_VALUE), alignment);
    }

    /** Number of instruction numbers, those of removed instructions included. */
    public int size() {
        return instructions.length;
    }

    /** An instruction by number. */
    public Instruction instruction(int number) {
        return instructions[number];
    }

    /** The bodies, in memory order; clones behind their origin. */
    public List<Body> bodies() {
        return bodies;
    }

    /** Number of the body that holds an instruction, or -1. */
    public int bodyOf(int instruction) {
        return bodyOf[instruction];
    }

    /** Number of the instruction that follows directly in memory, or -1. */
    public int successor(int instruction) {
        return successor[instruction];
    }

    /** Whether a body begins with an instruction. */
    public boolean isEntry(int instruction) {
        Body body = bodyOf[instruction] < 0 ? null : bodies.get(bodyOf[instruction]);
        return body != null && body.instructions()[0] == instruction && body.gapBefore()[0] == 0;
    }

    /** The instruction behind a conditional branch that is not taken; a number that none has for other instructions. */
    int fallThrough(int branch) {
        return fallThrough[branch];
    }

    /** Whether a branch is taken that another instruction is executed behind. */
    boolean isTaken(int branch, int next) {
        return next != fallThrough[branch];
    }

    /** Name of the body around an instruction. */
    public String bodyName(int instruction) {
        return bodyOf[instruction] < 0 ? "[removed]" : bodies.get(bodyOf[instruction]).name();
    }
}
