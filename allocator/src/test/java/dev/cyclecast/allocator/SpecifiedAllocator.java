package dev.cyclecast.allocator;

import dev.cyclecast.allocator.Outcome.Answer;
import dev.cyclecast.allocator.Outcome.Contents;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The allocator as its specification has it: {@link RoutingSpec} with rings, stacks and slabs of made-up addresses. */
final class SpecifiedAllocator implements Allocator {
    private static final long SLAB_BYTES = 64 << 10;
    private static final long POOL = 1L << 40;
    private static final int POOL_HEADER = 0xB1;
    private static final int STACK = RoutingSpec.CLASSES;

    private final RoutingSpec spec = new RoutingSpec();

    @Override
    public Outcome run(Sequence sequence) {
        var state = new State();
        boolean counts = sequence.variables().contains("HAKMEM_CLASS_STAT=1");
        return new Outcome(sequence.operations().stream().map(operation -> state.execute(operation, counts)).toList(), "ok");
    }

    /** One run. */
    private final class State {
        private final Map<Integer, Block> live = new HashMap<>();
        private final List<List<Deque<Long>>> threads = new ArrayList<>();
        private final List<Deque<Long>> slabs = new ArrayList<>();
        private final long[] mallocs = new long[RoutingSpec.CLASSES];
        private final long[] frees = new long[RoutingSpec.CLASSES];
        private long nextSlab = SLAB_BYTES;
        private long nextPool = POOL;

        State() {
            for (int thread = 0; thread < Sequence.THREADS; thread++) {
                threads.add(emptyCaches());
            }
            for (int sizeClass = 0; sizeClass < RoutingSpec.CLASSES; sizeClass++) {
                slabs.add(new ArrayDeque<>());
            }
        }

        Answer execute(Operation operation, boolean counts) {
            List<Deque<Long>> caches = threads.get(operation.thread());
            Block block = live.get(operation.block());
            Block made = null;
            switch (operation.call()) {
                case MALLOC, CALLOC, ALIGNED_ALLOC, POSIX_MEMALIGN -> made = make(operation, caches);
                case REALLOC -> made = resize(block, operation, caches);
                case FREE -> release(block, caches);
                case EXIT -> end(operation.thread());
                case STATISTICS -> {
                    return answer(null, 0, threads.get(operation.thread()), counts ? counters() : new long[0]);
                }
                default -> made = block;
            }
            return answer(made, operation.expectedError(), threads.get(operation.thread()), new long[0]);
        }

        private Block make(Operation operation, List<Deque<Long>> caches) {
            if (operation.expectedError() != 0) {
                return null;
            }
            boolean aligns = operation.call() == Call.ALIGNED_ALLOC || operation.call() == Call.POSIX_MEMALIGN;
            long size = operation.size();
            Block made = aligns && operation.first() > spec.alignmentBytes(1)
                    ? pool(operation.block(), size, operation.first())
                    : block(operation.block(), size, aligns ? Math.max(spec.alignmentBytes(0), size) : size, caches);
            live.put(made.number(), made);
            return made;
        }

        private Block block(int number, long size, long classed, List<Deque<Long>> caches) {
            if (classed > spec.largestTinySize()) {
                return pool(number, size, spec.alignmentBytes(1));
            }
            int sizeClass = spec.classOf((int) classed);
            return new Block(number, take(sizeClass, caches), spec.headerByte(sizeClass), spec.usableBytes(sizeClass), size);
        }

        private Block pool(int number, long size, long alignment) {
            long address = Math.ceilDiv(nextPool, alignment) * alignment;
            nextPool = address + size + SLAB_BYTES;
            return new Block(number, address, POOL_HEADER, size, size);
        }

        /** A tiny block stays where it is while it has room, and more than a quarter of the room is wanted (C0: always). */
        private Block resize(Block block, Operation operation, List<Deque<Long>> caches) {
            if (block == null) {
                return make(operation, caches);
            }
            if (operation.expectedError() != 0) {
                return null;
            }
            long size = operation.size();
            if (size == 0) {
                release(block, caches);
                return null;
            }
            int sizeClass = spec.classOfHeader(block.header());
            boolean stays = size <= block.usable() && (sizeClass == 0 || size > block.usable() / 4);
            Block made = sizeClass >= 0 && stays
                    ? new Block(block.number(), block.address(), block.header(), block.usable(), size)
                    : block(block.number(), size, size, caches);
            if (made.address() != block.address()) {
                release(block, caches);
            }
            live.put(made.number(), made);
            return made;
        }

        private long take(int sizeClass, List<Deque<Long>> caches) {
            mallocs[sizeClass]++;
            boolean stack = spec.routeOf(sizeClass) == Route.ULTRA;
            Deque<Long> cache = caches.get(stack ? STACK : sizeClass);
            if (cache.isEmpty()) {
                int batch = stack ? spec.stackBatch() : spec.cachedBlocks(sizeClass);
                for (int block = 0; block < batch; block++) {
                    cache.addLast(fromSlab(sizeClass));
                }
            }
            return stack ? cache.pollLast() : cache.pollFirst();
        }

        private void release(Block block, List<Deque<Long>> caches) {
            if (block == null) {
                return;
            }
            live.remove(block.number());
            int sizeClass = spec.classOfHeader(block.header());
            if (sizeClass < 0) {
                return;
            }
            frees[sizeClass]++;
            boolean stack = spec.routeOf(sizeClass) == Route.ULTRA;
            Deque<Long> cache = caches.get(stack ? STACK : sizeClass);
            if (cache.size() == spec.cachedBlocks(sizeClass)) {
                if (!stack) {
                    slabs.get(sizeClass).push(block.address());
                    return;
                }
                for (int back = 0; back < spec.stackBatch(); back++) {
                    slabs.get(sizeClass).push(cache.pollLast());
                }
            }
            cache.addLast(block.address());
        }

        private long fromSlab(int sizeClass) {
            Deque<Long> slab = slabs.get(sizeClass);
            if (slab.isEmpty()) {
                int stride = spec.strideBytes(sizeClass);
                int first = spec.alignmentBytes(sizeClass);
                for (long at = first; at + stride <= SLAB_BYTES; at += stride) {
                    slab.addLast(nextSlab + at);
                }
                nextSlab += SLAB_BYTES;
            }
            return slab.pop();
        }

        private void end(int thread) {
            List<Deque<Long>> caches = threads.set(thread, emptyCaches());
            for (int cache = 0; cache < caches.size(); cache++) {
                Deque<Long> slab = slabs.get(Math.min(cache, RoutingSpec.CLASSES - 1));
                caches.get(cache).forEach(slab::push);
            }
        }

        private long[] counters() {
            var counters = new long[4 * RoutingSpec.CLASSES];
            System.arraycopy(mallocs, 0, counters, 0, mallocs.length);
            System.arraycopy(frees, 0, counters, RoutingSpec.CLASSES, frees.length);
            System.arraycopy(mallocs, 0, counters, 2 * RoutingSpec.CLASSES, mallocs.length);
            System.arraycopy(frees, 0, counters, 3 * RoutingSpec.CLASSES, frees.length);
            return counters;
        }
    }

    private static List<Deque<Long>> emptyCaches() {
        var caches = new ArrayList<Deque<Long>>();
        for (int cache = 0; cache < ThreadCaches.COUNT; cache++) {
            caches.add(new ArrayDeque<>());
        }
        return caches;
    }

    private static Answer answer(Block block, int error, List<Deque<Long>> caches, long[] counters) {
        int[] cached = caches.stream().mapToInt(Deque::size).toArray();
        return block == null
                ? new Answer(0, 0, 0, error, Contents.OK, -1, cached, counters)
                : new Answer(block.address(), block.header(), block.usable(), error, Contents.OK, -1, cached, counters);
    }
}
