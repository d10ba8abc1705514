package dev.cyclecast.allocator;

import dev.cyclecast.allocator.Outcome.Answer;

/**
 * One call of a sequence with its answer, and what follows from both, before the {@link History} goes on.
 *
 * @param history everything before the call
 * @param before the live block that the call is about, or null
 * @param made the block that is live because of the call, or null
 * @param takes the class from whose cache a block was taken, or -1
 * @param gives the class to whose cache a block was given, or -1
 * @param expectedFill what the caches of the calling thread hold now, if all is well
 * @param reference what another allocator answered to the same call, or null
 */
record Step(History history, Operation operation, Answer answer, Block before, Block made, int takes, int gives,
        int[] expectedFill, Answer reference) {
    static Step of(History history, Operation operation, Answer answer, Answer reference) {
        RoutingSpec spec = history.spec();
        Block before = history.live(operation.block());
        Block made = null;
        if (operation.allocates() && answer.address() != 0) {
            made = new Block(operation.block(), answer.address(), answer.header(), answer.usable(), operation.size());
        }
        boolean resizes = operation.call() == Call.REALLOC && before != null;
        boolean inPlace = resizes && made != null && made.address() == before.address();
        boolean frees = before != null && (operation.call() == Call.FREE
                || resizes && !inPlace && (made != null || operation.size() == 0));
        int takes = made == null || inPlace ? -1 : spec.classOfHeader(made.header());
        int gives = frees ? spec.classOfHeader(before.header()) : -1;
        return new Step(history, operation, answer, before, made, takes, gives,
                expectedFill(history.caches(operation.thread()), takes, gives, spec, answer), reference);
    }

    /** The class of the block that the call has made, or -1. */
    int madeClass() {
        return made == null ? -1 : history.spec().classOfHeader(made.header());
    }

    /** The size whose class decides where the block comes from, or -1: the call made no block by its size alone. */
    int classedSize() {
        if (made == null || takes < 0 && operation.call() == Call.REALLOC) {
            return -1;
        }
        long size = operation.size();
        boolean aligns = operation.call() == Call.ALIGNED_ALLOC || operation.call() == Call.POSIX_MEMALIGN;
        if (aligns && operation.first() > history.spec().alignmentBytes(1) || size > history.spec().largestTinySize()) {
            return -1;
        }
        return (int) (aligns ? Math.max(history.spec().alignmentBytes(0), size) : size);
    }

    /** Whether a cache of the calling thread holds another number of blocks than before. */
    boolean touches(int cache) {
        return answer.cached()[cache] != history.caches(operation.thread()).fill()[cache];
    }

    private static int[] expectedFill(ThreadCaches caches, int takes, int gives, RoutingSpec spec, Answer answer) {
        int[] fill = caches.fill();
        if (takes >= 0) {
            int cache = ThreadCaches.cacheOf(spec, takes);
            fill[cache] = fill[cache] == 0 ? answer.cached()[cache] : fill[cache] - 1;
        }
        if (gives >= 0) {
            int cache = ThreadCaches.cacheOf(spec, gives);
            if (fill[cache] < ThreadCaches.capacity(spec, cache)) {
                fill[cache]++;
            } else if (spec.routeOf(gives) == Route.ULTRA) {
                fill[cache] -= spec.stackBatch() - 1;
            }
        }
        return fill;
    }
}
