package dev.cyclecast.allocator;

/**
 * One call of a {@link Sequence}.
 *
 * @param thread who calls, 0 to 3
 * @param block the number by which the block goes
 * @param first the call's first number: a size, a count, an alignment (unsigned)
 * @param second its second number (unsigned)
 */
record Operation(int thread, Call call, int block, long first, long second) {
    /** No process has so much address space. */
    static final long ABSURD_SIZE = 1L << 47;
    private static final int POINTER_BYTES = 8;
    private static final int ENOMEM = 12;
    private static final int EINVAL = 22;

    /** The line that {@code allocator_pipe} reads. */
    String text() {
        String text = thread + " " + call.id();
        return switch (call.numbers()) {
            case 0 -> text;
            case 1 -> text + " " + block;
            case 2 -> text + " " + block + " " + Long.toUnsignedString(first);
            default -> text + " " + block + " " + Long.toUnsignedString(first) + " " + Long.toUnsignedString(second);
        };
    }

    static Operation parse(String line) {
        String[] words = line.split(" ");
        return new Operation(Integer.parseInt(words[0]), Call.parse(words[1]), (int) number(words, 2), number(words, 3),
                number(words, 4));
    }

    /** The bytes that the call asks for; as an unsigned number too large for any memory where a product overflows. */
    long size() {
        return switch (call) {
            case MALLOC, REALLOC -> first;
            case CALLOC -> Math.unsignedMultiplyHigh(first, second) != 0 ? -1 : first * second;
            case ALIGNED_ALLOC, POSIX_MEMALIGN -> second;
            default -> 0;
        };
    }

    /** Whether the call asks for a new block, or for another size. */
    boolean allocates() {
        return switch (call) {
            case MALLOC, CALLOC, ALIGNED_ALLOC, POSIX_MEMALIGN, REALLOC -> true;
            default -> false;
        };
    }

    /** The errno with which the call must fail, or 0: it must succeed. */
    int expectedError() {
        if (call == Call.ALIGNED_ALLOC && Long.bitCount(first) != 1
                || call == Call.POSIX_MEMALIGN && (Long.bitCount(first) != 1 || Long.compareUnsigned(first, POINTER_BYTES) < 0)) {
            return EINVAL;
        }
        return allocates() && Long.compareUnsigned(size(), ABSURD_SIZE) >= 0 ? ENOMEM : 0;
    }

    private static long number(String[] words, int at) {
        return at < words.length ? Long.parseUnsignedLong(words[at]) : 0;
    }
}
