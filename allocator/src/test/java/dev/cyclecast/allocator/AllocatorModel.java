package dev.cyclecast.allocator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** What the routing rules say about a compiled allocator, checked call by call. */
final class AllocatorModel {
    /** Few enough that no cache overflows: then every free takes the front end that its malloc took. */
    private static final int MOST_LIVE = 48;

    private final RoutingRules rules;
    private final AllocatorProcess allocator;
    private final List<Live> live = new ArrayList<>();
    private final TreeMap<Long, Live> byAddress = new TreeMap<>();
    private int nextNumber;

    private record Live(int number, AllocatorProcess.Block block, long size, Route route) {
        long end() {
            return block.address() + block.usableBytes();
        }
    }

    AllocatorModel(RoutingRules rules, AllocatorProcess allocator) {
        this.rules = rules;
        this.allocator = allocator;
    }

    void run(List<AllocatorAction> actions) {
        actions.forEach(this::run);
        while (!live.isEmpty()) {
            free(live.size() - 1);
        }
    }

    private void run(AllocatorAction action) {
        if (live.size() >= MOST_LIVE) {
            free(0);
        }
        int number = nextNumber++ % AllocatorProcess.BLOCKS;
        switch (action) {
            case AllocatorAction.Malloc(int size) -> {
                var block = allocator.malloc(number, size);
                checkTiny(block, size);
                add(new Live(number, block, size, block.route()));
            }
            case AllocatorAction.Calloc(int count, int size) -> {
                var block = allocator.calloc(number, count, size);
                checkTiny(block, count * size);
                add(new Live(number, block, (long) count * size, block.route()));
            }
            case AllocatorAction.AlignedAlloc(int shift, int size) -> {
                var block = allocator.alignedAlloc(number, 1L << shift, size);
                assertEquals(0, block.address() & ((1L << shift) - 1), "alignment to 2^" + shift);
                add(new Live(number, block, size, block.route()));
            }
            case AllocatorAction.Realloc(int pick, int size) -> {
                if (!live.isEmpty()) {
                    realloc(pick % live.size(), size);
                }
            }
            case AllocatorAction.Free(int pick) -> {
                if (!live.isEmpty()) {
                    free(pick % live.size());
                }
            }
        }
    }

    private void checkTiny(AllocatorProcess.Block block, int size) {
        if (size > rules.largestTinySize()) {
            assertEquals(Route.POOL, block.route());
            return;
        }
        int sizeClass = rules.classOf(size);
        assertEquals(rules.headerByte(sizeClass), block.header(), "header of " + size + " bytes");
        assertEquals(rules.usableBytes(sizeClass), block.usableBytes(), "usable of " + size + " bytes");
        assertEquals(0, block.address() % rules.alignmentBytes(sizeClass), "alignment of " + size + " bytes");
        assertEquals(rules.routeAtMalloc(sizeClass), block.route(), "route of " + size + " bytes at malloc");
    }

    private void add(Live block) {
        assertTrue(block.block.usableBytes() >= block.size, () -> block.size + " bytes do not fit " + block.block);
        assertTrue(block.size < 8 || block.block.address() % 16 == 0, () -> block.block + " is not aligned");
        var before = byAddress.floorEntry(block.block.address());
        assertTrue(before == null || before.getValue().end() < block.block.address(),
                () -> block.block + " overlaps " + before.getValue().block);
        var after = byAddress.ceilingEntry(block.block.address());
        assertTrue(after == null || block.end() < after.getKey(),
                () -> block.block + " overlaps " + after.getValue().block);
        live.add(block);
        byAddress.put(block.block.address(), block);
    }

    private void remove(Live block) {
        live.remove(block);
        byAddress.remove(block.block.address());
    }

    private void realloc(int index, int size) {
        Live old = live.get(index);
        if (size == 0) {
            free(index);
            return;
        }
        remove(old);
        var block = allocator.realloc(old.number, size);
        Route route = block.address() == old.block.address() ? old.route : routeOfHeader(block.header());
        add(new Live(old.number, block, size, route));
    }

    private Route routeOfHeader(int header) {
        for (int sizeClass = 0; sizeClass < RoutingSpec.CLASSES; sizeClass++) {
            if (rules.headerByte(sizeClass) == header) {
                return rules.routeAtMalloc(sizeClass);
            }
        }
        return Route.POOL;
    }

    private void free(int index) {
        Live block = live.get(index);
        assertTrue(allocator.isIntact(block.number), () -> "contents of " + block.block + " changed");
        remove(block);
        assertEquals(block.route, allocator.free(block.number), () -> "route of " + block.block + " at free");
    }
}
