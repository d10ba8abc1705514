package dev.cyclecast.allocator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one thread's caches hold, as far as can be known: the blocks that were freed into them, and nameless ones that came
 * from the slabs. Cache 0 to 7 is the ring of that class, 8 the stack of C7.
 */
final class ThreadCaches {
    static final int COUNT = RoutingSpec.CLASSES + 1;
    /** A block that came from the slabs. */
    static final long NAMELESS = 0;
    private static final int STACK = RoutingSpec.CLASSES;

    private final RoutingSpec spec;
    private final List<Deque<Long>> caches = new ArrayList<>();
    private final int[] fill = new int[COUNT];
    private final Set<Long> known;

    /** Caches that enter their blocks in a set that all threads share. */
    ThreadCaches(RoutingSpec spec, Set<Long> known) {
        this.spec = spec;
        this.known = known;
        for (int cache = 0; cache < COUNT; cache++) {
            caches.add(new ArrayDeque<>());
        }
    }

    /** The cache that serves a class. */
    static int cacheOf(RoutingSpec spec, int sizeClass) {
        return spec.routeOf(sizeClass) == Route.ULTRA ? STACK : sizeClass;
    }

    /** How many blocks each cache holds. */
    int[] fill() {
        return fill.clone();
    }

    /** How many blocks a cache may hold. */
    static int capacity(RoutingSpec spec, int cache) {
        return spec.cachedBlocks(Math.min(cache, RoutingSpec.CLASSES - 1));
    }

    boolean isFull(int sizeClass) {
        int cache = cacheOf(spec, sizeClass);
        return fill[cache] == capacity(spec, cache);
    }

    boolean isEmpty(int sizeClass) {
        return fill[cacheOf(spec, sizeClass)] == 0;
    }

    /** The block that the next allocation of the class takes; {@link #NAMELESS} if that cannot be known. */
    long next(int sizeClass) {
        Deque<Long> cache = caches.get(cacheOf(spec, sizeClass));
        if (cache.isEmpty()) {
            return NAMELESS;
        }
        return spec.routeOf(sizeClass) == Route.ULTRA ? cache.peekLast() : cache.peekFirst();
    }

    /** Whether a block lies in the cache of the class. */
    boolean holds(int sizeClass, long address) {
        return caches.get(cacheOf(spec, sizeClass)).contains(address);
    }

    /** One block of the class is allocated; an empty cache has been filled from the slabs first, and so many are left. */
    void take(int sizeClass, int leftAfterRefill) {
        int at = cacheOf(spec, sizeClass);
        Deque<Long> cache = caches.get(at);
        if (cache.isEmpty()) {
            for (int block = 0; block < leftAfterRefill; block++) {
                cache.addLast(NAMELESS);
            }
        } else {
            known.remove(spec.routeOf(sizeClass) == Route.ULTRA ? cache.pollLast() : cache.pollFirst());
        }
        fill[at] = cache.size();
    }

    /** A block of the class is freed: into its cache, or past a full ring; a full stack gives its newest blocks back first. */
    void give(int sizeClass, long address) {
        int at = cacheOf(spec, sizeClass);
        Deque<Long> cache = caches.get(at);
        if (isFull(sizeClass)) {
            if (spec.routeOf(sizeClass) == Route.LEGACY) {
                return;
            }
            for (int block = 0; block < spec.stackBatch(); block++) {
                known.remove(cache.pollLast());
            }
        }
        cache.addLast(address);
        known.add(address);
        fill[at] = cache.size();
    }

    /** The thread ends: everything goes back to the slabs. */
    void clear() {
        caches.forEach(cache -> {
            known.removeAll(new HashSet<>(cache));
            cache.clear();
        });
        Arrays.fill(fill, 0);
    }
}
