package dev.cyclecast.allocator;

import dev.cyclecast.allocator.Outcome.Answer;
import dev.cyclecast.allocator.Outcome.Contents;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What must hold at every step of every sequence; the more particular laws come first. */
enum Law {
    REQUESTS_SUCCEED_OR_FAIL("a request succeeds if it is possible, else it fails with the right errno", Owed.BY_ANY) {
        @Override
        String complaint(Step step) {
            Operation operation = step.operation();
            Answer answer = step.answer();
            if (!operation.allocates() || operation.size() == 0 && operation.expectedError() == 0) {
                return null;
            }
            if (operation.expectedError() == 0) {
                return answer.address() == 0 ? "it failed with errno " + answer.error() : null;
            }
            if (answer.address() != 0) {
                return "it gave a block";
            }
            return answer.error() == operation.expectedError() ? null : "errno is " + answer.error();
        }
    },
    ALIGNED("blocks are aligned to 16 bytes (below 16 bytes: to 8), and as asked for", Owed.BY_ANY) {
        @Override
        String complaint(Step step) {
            Call call = step.operation().call();
            long least = step.operation().size() < 16 ? 8 : 16;
            long asked = call == Call.ALIGNED_ALLOC || call == Call.POSIX_MEMALIGN ? step.operation().first() : 1;
            long alignment = call == Call.ALIGNED_ALLOC || call == Call.POSIX_MEMALIGN ? asked : least;
            return step.made() != null && step.made().address() % alignment != 0
                    ? step.made() + " is no multiple of " + alignment : null;
        }
    },
    CAPACITY_COVERS_SIZE("a block has room for what was asked for", Owed.BY_ANY) {
        @Override
        String complaint(Step step) {
            if (step.operation().call() == Call.MALLOC_USABLE_SIZE && step.before() != null
                    && step.answer().usable() != step.before().usable()) {
                return "usable size was " + step.before().usable() + " and is " + step.answer().usable();
            }
            return step.made() != null && step.made().usable() < step.made().size()
                    ? step.made() + " for " + step.made().size() + " bytes" : null;
        }
    },
    NO_OVERLAP("no two live blocks share a byte", Owed.BY_ANY) {
        @Override
        String complaint(Step step) {
            Block other = step.made() == null ? null : step.history().overlapping(step.made(), step.before());
            return other == null ? null : step.made() + " overlaps " + other;
        }
    },
    CALLOC_ZEROES("calloc gives zeros", Owed.BY_ANY) {
        @Override
        String complaint(Step step) {
            return step.answer().contents() == Contents.DIRTY ? "a byte is not 0" : null;
        }
    },
    REALLOC_KEEPS("realloc keeps the contents up to the smaller size, a failed one the whole block", Owed.BY_ANY) {
        @Override
        String complaint(Step step) {
            return step.answer().contents() == Contents.DAMAGED && step.operation().call() == Call.REALLOC
                    ? "contents have changed" : null;
        }
    },
    CONTENTS_SURVIVE("contents stay as written, whatever any thread does to other blocks", Owed.BY_ANY) {
        @Override
        String complaint(Step step) {
            return step.answer().contents() == Contents.DAMAGED ? "contents have changed" : null;
        }
    },
    FREE_KEEPS_ERRNO("free leaves errno alone", Owed.BY_OURS) {
        @Override
        String complaint(Step step) {
            return step.operation().call() == Call.FREE && step.answer().error() != 0 ? "errno is " + step.answer().error() : null;
        }
    },
    CLASS_TOTAL("every size of 0 to 2047 bytes has a class, and no larger one", Owed.BY_OURS) {
        @Override
        String complaint(Step step) {
            if (step.made() == null && step.operation().allocates() && step.operation().expectedError() == 0
                    && step.operation().call() != Call.REALLOC) {
                return "there is no block";
            }
            if (step.made() == null || step.takes() < 0 && step.operation().call() == Call.REALLOC) {
                return null;
            }
            if (step.classedSize() < 0) {
                return step.madeClass() >= 0 ? "it has class " + step.madeClass() : null;
            }
            return step.madeClass() < 0 ? "header 0x" + Integer.toHexString(step.answer().header()) + " names no class" : null;
        }
    },
    CLASS_UNIQUE("a size has the same class each time", Owed.BY_OURS) {
        @Override
        String complaint(Step step) {
            Integer before = step.history().classes().get(step.classedSize());
            return before != null && before != step.madeClass() ? "class was " + before + " and is " + step.madeClass() : null;
        }
    },
    CLASS_MONOTONE("a larger size has no smaller class", Owed.BY_OURS) {
        @Override
        String complaint(Step step) {
            if (step.classedSize() < 0) {
                return null;
            }
            TreeMap<Integer, Integer> classes = step.history().classes();
            Map.Entry<Integer, Integer> below = classes.lowerEntry(step.classedSize());
            Map.Entry<Integer, Integer> above = classes.higherEntry(step.classedSize());
            if (below != null && below.getValue() > step.madeClass()) {
                return below.getKey() + " bytes have class " + below.getValue() + ", these have " + step.madeClass();
            }
            return above != null && above.getValue() < step.madeClass()
                    ? above.getKey() + " bytes have class " + above.getValue() + ", these have " + step.madeClass() : null;
        }
    },
    CLASS_SMALLEST("a size has the smallest class with room for it", Owed.BY_OURS) {
        @Override
        String complaint(Step step) {
            if (step.classedSize() < 0) {
                return null;
            }
            int specified = step.history().spec().classOf(step.classedSize());
            return specified != step.madeClass() ? "class " + step.madeClass() + " instead of " + specified : null;
        }
    },
    HEADER_NAMES_CLASS("the header of a live block names the class that its room is of, at every step", Owed.BY_OURS) {
        @Override
        String complaint(Step step) {
            if (step.answer().changedHeader() >= 0) {
                return "the header of block " + step.answer().changedHeader() + " has changed";
            }
            int sizeClass = step.madeClass();
            return sizeClass >= 0 && step.made().usable() != step.history().spec().usableBytes(sizeClass)
                    ? step.made() + " has header 0x" + Integer.toHexString(step.made().header()) : null;
        }
    },
    CLASS_ALIGNED("blocks of C1 and above are aligned to 16 bytes", Owed.BY_OURS) {
        @Override
        String complaint(Step step) {
            return step.madeClass() >= 0 && step.made().address() % step.history().spec().alignmentBytes(step.madeClass()) != 0
                    ? step.made() + " of class " + step.madeClass() : null;
        }
    },
    CACHE_CAPACITY("no cache holds more blocks than its capacity", Owed.BY_OURS) {
        @Override
        String complaint(Step step) {
            for (int cache = 0; cache < ThreadCaches.COUNT; cache++) {
                if (step.answer().cached()[cache] > ThreadCaches.capacity(step.history().spec(), cache)) {
                    return "cache " + cache + " holds " + step.answer().cached()[cache] + " blocks";
                }
            }
            return null;
        }
    },
    ROUTE_AT_MALLOC("a block comes from the cache of its class, and no other cache changes", Owed.BY_OURS) {
        @Override
        String complaint(Step step) {
            return step.gives() < 0 ? wrongRoute(step) : null;
        }
    },
    ROUTE_AT_FREE("a freed block goes to the cache that it came from, and no other cache changes", Owed.BY_OURS) {
        @Override
        String complaint(Step step) {
            return step.gives() >= 0 ? wrongRoute(step) : null;
        }
    },
    CACHE_COUNT("a malloc takes one block of a cache, a free adds one, and a full stack gives back a slab's worth",
            Owed.BY_OURS) {
        @Override
        String complaint(Step step) {
            return showsCaches(step) && !Arrays.equals(step.expectedFill(), step.answer().cached())
                    ? "caches hold " + Arrays.toString(step.answer().cached()) + " instead of "
                            + Arrays.toString(step.expectedFill()) : null;
        }
    },
    RING_IS_FIFO("a ring gives back first what was freed into it first", Owed.BY_OURS) {
        @Override
        String complaint(Step step) {
            return wrongOrder(step, Route.LEGACY);
        }
    },
    STACK_IS_LIFO("C7's stack gives back first what was freed into it last", Owed.BY_OURS) {
        @Override
        String complaint(Step step) {
            return wrongOrder(step, Route.ULTRA);
        }
    },
    FREE_BLOCK_IN_ONE_PLACE("a block that lies in a thread's cache comes from nowhere else", Owed.BY_OURS) {
        @Override
        String complaint(Step step) {
            return step.takes() >= 0 && step.history().isCached(step.made().address())
                    && !step.history().caches(step.operation().thread()).holds(step.takes(), step.made().address())
                    ? step.made() + " lies in the cache of another thread" : null;
        }
    },
    REALLOC_STAYS("realloc leaves a tiny block where it is if it has room and more than a quarter of that is wanted (C0: any)",
            Owed.BY_OURS) {
        @Override
        String complaint(Step step) {
            Block before = step.before();
            int sizeClass = before == null ? -1 : step.history().spec().classOfHeader(before.header());
            if (step.operation().call() != Call.REALLOC || step.made() == null || sizeClass < 0) {
                return null;
            }
            long size = step.operation().size();
            boolean stays = size <= before.usable() && (sizeClass == 0 || size > before.usable() / 4);
            return stays == (step.made().address() == before.address()) ? null
                    : before + (stays ? " has moved" : " has not moved");
        }
    },
    STATISTICS_BALANCE("mallocs less frees are the live blocks, by class", Owed.BY_OURS) {
        @Override
        String complaint(Step step) {
            if (step.operation().call() != Call.STATISTICS) {
                return null;
            }
            for (int sizeClass = 0; sizeClass < RoutingSpec.CLASSES; sizeClass++) {
                long[] counters = step.answer().counters();
                long gate = counters[sizeClass];
                long hotFrees = counters[RoutingSpec.CLASSES + sizeClass];
                long mallocs = counters[2 * RoutingSpec.CLASSES + sizeClass];
                long frees = counters[3 * RoutingSpec.CLASSES + sizeClass];
                if (mallocs != step.history().taken(sizeClass) || frees != step.history().given(sizeClass) || gate != mallocs
                        || hotFrees > frees) {
                    return "C%d counts %d mallocs, %d at the gate, %d frees, %d of them hot, after %d mallocs and %d frees"
                            .formatted(sizeClass, mallocs, gate, frees, hotFrees, step.history().taken(sizeClass),
                                    step.history().given(sizeClass));
                }
            }
            return null;
        }
    },
    SAME_AS_REFERENCE("classes, headers, room, caches, success and failure are those of the reference", Owed.BY_OURS) {
        @Override
        String complaint(Step step) {
            Answer other = step.reference();
            if (other == null || !step.operation().allocates() && step.operation().call() != Call.FREE) {
                return null;
            }
            Answer answer = step.answer();
            RoutingSpec spec = step.history().spec();
            int sizeClass = spec.classOfHeader(answer.header());
            boolean same = (answer.address() == 0) == (other.address() == 0) && answer.error() == other.error()
                    && sizeClass == spec.classOfHeader(other.header()) && (sizeClass < 0 || answer.usable() == other.usable())
                    && Arrays.equals(answer.cached(), other.cached());
            return same ? null : summary(answer) + " where the reference has " + summary(other);
        }
    },
    ENDS_WELL("the process neither dies nor says anything", Owed.BY_ANY) {
        @Override
        String complaint(Step step) {
            return null; // The end is no step: History looks at it.
        }
    };

    /** Whose malloc has to obey. */
    private enum Owed { BY_ANY, BY_OURS }

    /** The laws of the allocator under study. */
    static final Set<Law> ALL = Collections.unmodifiableSet(EnumSet.allOf(Law.class));
    /** The laws of every malloc. */
    static final Set<Law> OF_ANY_MALLOC = ofAnyMalloc();

    private final String statement;
    private final Owed owed;

    Law(String statement, Owed owed) {
        this.statement = statement;
        this.owed = owed;
    }

    /** What is wrong with a step, or null. */
    abstract String complaint(Step step);

    @Override
    public String toString() {
        return name() + " (" + statement + ")";
    }

    private static Set<Law> ofAnyMalloc() {
        var laws = EnumSet.noneOf(Law.class);
        Arrays.stream(values()).filter(law -> law.owed == Owed.BY_ANY).forEach(laws::add);
        return Collections.unmodifiableSet(laws);
    }

    /** The counts of an ended thread, or beside the statistics, are those of no thread. */
    private static boolean showsCaches(Step step) {
        return step.operation().call() != Call.EXIT && step.operation().call() != Call.STATISTICS;
    }

    private static String wrongRoute(Step step) {
        if (!showsCaches(step)) {
            return null;
        }
        RoutingSpec spec = step.history().spec();
        ThreadCaches caches = step.history().caches(step.operation().thread());
        int from = step.takes() < 0 ? -1 : ThreadCaches.cacheOf(spec, step.takes());
        int to = step.gives() < 0 ? -1 : ThreadCaches.cacheOf(spec, step.gives());
        for (int cache = 0; cache < ThreadCaches.COUNT; cache++) {
            if (cache != from && cache != to && step.touches(cache)) {
                return "cache " + cache + " has changed";
            }
        }
        if (from != to && from >= 0 && !caches.isEmpty(step.takes()) && !step.touches(from)) {
            return "nothing was taken from cache " + from;
        }
        return from != to && to >= 0 && !(caches.isFull(step.gives()) && spec.routeOf(step.gives()) == Route.LEGACY)
                && !step.touches(to) ? "nothing was put into cache " + to : null;
    }

    private static String wrongOrder(Step step, Route route) {
        if (step.takes() < 0 || step.history().spec().routeOf(step.takes()) != route) {
            return null;
        }
        long address = step.made().address();
        ThreadCaches caches = step.history().caches(step.operation().thread());
        long next = caches.next(step.takes());
        if (next != ThreadCaches.NAMELESS) {
            return next == address ? null : step.made() + " came before 0x" + Long.toHexString(next);
        }
        return step.history().isCached(address) && caches.holds(step.takes(), address)
                ? step.made() + " came before a block that was never used" : null;
    }

    private static String summary(Answer answer) {
        return answer.address() == 0 ? "no block, errno %d, caches %s".formatted(answer.error(), Arrays.toString(answer.cached()))
                : "header 0x%x, %d bytes, caches %s".formatted(answer.header(), answer.usable(), Arrays.toString(answer.cached()));
    }
}
