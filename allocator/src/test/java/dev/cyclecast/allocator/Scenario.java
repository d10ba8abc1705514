package dev.cyclecast.allocator;

import java.util.ArrayList;
import java.util.List;

/**
 * Actions that make sense wherever they stand: each picks among the blocks that are live when its turn comes. So a scenario
 * stays one when actions are taken out of it.
 *
 * @param threads how many threads there are
 * @param statistics whether the allocator counts
 */
record Scenario(int threads, boolean statistics, List<Action> actions) {
    private static final List<String> COUNTING =
            List.of("HAKMEM_CLASS_STAT=1", "HAKMEM_ALLOC_GATE_STAT=1", "HAKMEM_FREE_PATH_STAT=1");

    Scenario {
        actions = List.copyOf(actions);
    }

    /** The calls, with every block named. */
    Sequence sequence() {
        return new Writer().sequence();
    }

    private final class Writer {
        private final List<Operation> operations = new ArrayList<>();
        private final List<Integer> live = new ArrayList<>();
        private int thread;
        private int next;

        private Sequence sequence() {
            actions.forEach(this::write);
            if (statistics) {
                add(Call.STATISTICS, 0, 0, 0);
            }
            return new Sequence(statistics ? COUNTING : List.of(), operations);
        }

        private void write(Action action) {
            switch (action) {
                case Action.Switch(int other) -> thread = other % threads;
                case Action.Allocate(long size) -> allocate(Call.MALLOC, size, 0);
                case Action.AllocateZeroed(long count, long size) -> allocate(Call.CALLOC, count, size);
                case Action.AllocateAligned(boolean posix, long alignment, long size) ->
                        allocate(posix ? Call.POSIX_MEMALIGN : Call.ALIGNED_ALLOC, alignment, size);
                case Action.Resize(int pick, long size) -> resize(pick, size);
                case Action.Release(int pick) -> {
                    if (!live.isEmpty()) {
                        add(Call.FREE, live.remove(index(pick)), 0, 0);
                    }
                }
                case Action.Look(int pick, boolean usable) -> {
                    if (!live.isEmpty()) {
                        add(usable ? Call.MALLOC_USABLE_SIZE : Call.CHECK, live.get(index(pick)), 0, 0);
                    }
                }
                case Action.Flood(int size, int blocks) -> {
                    for (int block = 0; block < blocks; block++) {
                        allocate(Call.MALLOC, size, 0);
                    }
                }
                case Action.Drain(int blocks, boolean newestFirst) -> drain(blocks, newestFirst);
                case Action.Tide(int size, int blocks, boolean newestFirst) -> {
                    int before = live.size();
                    write(new Action.Flood(size, blocks));
                    drain(live.size() - before, newestFirst);
                }
                case Action.Exit() -> {
                    if (threads > 1) {
                        add(Call.EXIT, 0, 0, 0);
                    }
                }
                case Action.Statistics() -> {
                    if (statistics) {
                        add(Call.STATISTICS, 0, 0, 0);
                    }
                }
            }
        }

        private void drain(int blocks, boolean newestFirst) {
            for (int block = 0; block < blocks && !live.isEmpty(); block++) {
                add(Call.FREE, newestFirst ? live.removeLast() : live.removeFirst(), 0, 0);
            }
        }

        private void allocate(Call call, long first, long second) {
            if (next == Sequence.BLOCKS) {
                return;
            }
            Operation operation = add(call, next, first, second);
            if (operation.expectedError() == 0) {
                live.add(next);
            }
            next++;
        }

        private void resize(int pick, long size) {
            if (live.isEmpty()) {
                return;
            }
            int index = index(pick);
            add(Call.REALLOC, live.get(index), size, 0);
            if (size == 0) {
                live.remove(index);
            }
        }

        /** Counted from the newest block, so that a pick stays the same when an action before it goes. */
        private int index(int pick) {
            return live.size() - 1 - pick % live.size();
        }

        private Operation add(Call call, int block, long first, long second) {
            var operation = new Operation(thread, call, block, first, second);
            operations.add(operation);
            return operation;
        }
    }
}
