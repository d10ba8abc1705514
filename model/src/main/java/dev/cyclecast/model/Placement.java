package dev.cyclecast.model;

import dev.cyclecast.trace.Flow;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.math3.random.Well19937c;

/**
 * One layout: an address for every instruction of a {@link Code}, and a displacement of the stack.
 *
 * <p>A drawn layout permutes the functions of each relinked module, and puts up to 15 bytes of padding behind
 * unconditional transfers inside a function, where an alignment flag of the compiler would. The same seed gives base and
 * edited code the same order and the same padding at the same place.
 */
public final class Placement {
    private static final int STACK_STEP_BYTES = 16;
    private final long[] address;
    private final long stackShift;

    private Placement(long[] address, long stackShift) {
        this.address = address;
        this.stackShift = stackShift;
    }

    /** Address of each instruction by number; 0 for removed ones. */
    public long[] addresses() {
        return address;
    }

    /** Bytes by which stack addresses move, as another environment size would move them. */
    public long stackShift() {
        return stackShift;
    }

    /** The layout as recorded; behind an edit, functions keep their order, and make room where code grew. */
    public static Placement recorded(Code code) {
        return place(code, null, false, 0);
    }

    /** A drawn layout. */
    public static Placement drawn(Code code, long seed) {
        Well19937c random = new Well19937c(seed);
        Map<Long, Double> keys = new HashMap<>();
        double[] keyOfBody = new double[code.bodies().size()];
        for (int b = 0; b < keyOfBody.length; b++) {
            Code.Body body = code.bodies().get(b);
            // One key for each recorded start: a clone has its origin's key and stays behind it.
            keyOfBody[b] = keys.computeIfAbsent(body.start(), k -> random.nextDouble());
        }
        boolean padded = random.nextBoolean();
        long stackShift = -(long) random.nextInt(4096 / STACK_STEP_BYTES) * STACK_STEP_BYTES;
        return place(code, keyOfBody, padded, seed ^ 0x9E3779B97F4A7C15L).withStack(stackShift);
    }

    private Placement withStack(long shift) {
        return new Placement(address, shift);
    }

    private static Placement place(Code code, double[] keys, boolean padded, long seed) {
        long[] address = new long[code.size()];
        Integer[] order = new Integer[code.bodies().size()];
        Arrays.setAll(order, b -> b);
        if (keys != null) {
            Arrays.sort(order, (a, b) -> Double.compare(keys[a], keys[b]));
        }
        Map<Integer, Long> cursor = new HashMap<>();
        for (int b = 0; b < order.length; b++) {
            Code.Body body = code.bodies().get(b);
            if (body.movable()) {
                cursor.merge(body.module(), body.start(), Math::min);
            }
        }
        for (int b : order) {
            Code.Body body = code.bodies().get(b);
            long start = body.start();
            if (body.movable()) {
                long at = cursor.get(body.module());
                long aligned = at + body.alignment() - 1 & -body.alignment();
                start = keys == null ? Math.max(aligned, start) : aligned;
            }
            long end = lay(code, body, start, padded, seed, address);
            if (body.movable()) {
                cursor.put(body.module(), end);
            }
        }
        return new Placement(address, 0);
    }

    private static long lay(Code code, Code.Body body, long start, boolean padded, long seed, long[] address) {
        long at = start;
        int previous = -1;
        for (int k = 0; k < body.instructions().length; k++) {
            int number = body.instructions()[k];
            at += body.gapBefore()[k];
            if (padded && previous >= 0 && body.movable() && endsBlock(code, previous)) {
                at += mix(seed ^ code.instruction(number).address()) & 15;
            }
            address[number] = at;
            at += code.instruction(number).length();
            previous = number;
        }
        return at + body.tail();
    }

    private static boolean endsBlock(Code code, int number) {
        Flow flow = code.instruction(number).flow();
        return flow == Flow.JUMP || flow == Flow.INDIRECT_JUMP || flow == Flow.RETURN;
    }

    private static long mix(long x) {
        long y = (x ^ x >>> 31) * 0xBF58476D1CE4E5B9L;
        return y ^ y >>> 29;
    }
}
