package dev.cyclecast.model;

/**
 * In-flight stores by address: what a load gets from older stores that have not committed to L1D yet.
 *
 * <p>For each byte address modulo 4096 the youngest store is known, as the low address bits are all that a load is
 * compared with at first; a store that equals it in those bits alone is an alias.
 */
final class StoreForwarding {
    /** What a load finds: nothing in flight. */
    static final int NONE = 0;
    /** The value was renamed: it is ready when the store's data is. */
    static final int RENAMED = 1;
    /** The pair was predicted: the value is ready when the store's data is. */
    static final int PREDICTED = 2;
    /** One store covers the load. */
    static final int FORWARDED = 3;
    /** A store covers it in part. */
    static final int FAILED = 4;
    /** Two stores are needed. */
    static final int FAILED_TWO = 5;
    /** Nothing, but a store in flight equals it modulo 4096. */
    static final int ALIAS_4K = 6;
    /** Another store than it takes its value from was foreseen, or one where none serves it. */
    static final int MISPREDICTED = 7;

    private static final int NOT_SERVED = -1;
    private static final int STORES = 1 << 8;
    private static final int GRANULES = 1 << 9;
    private static final long ONES = 0x0101010101010101L;
    /** Fields of a store, which takes a cache line of the machine that runs this. */
    private static final int START = 0;
    private static final int END = 1;
    private static final int DATA = 2;
    private static final int COMMIT = 3;
    private static final int INSTRUCTION = 4;
    private static final int NAME = 5;
    private static final int VERSION = 6;
    private static final int ADDRESSED = 7;
    private static final int FIELDS = 8;

    /** The youngest stores, by number. */
    private final long[] store = new long[STORES * FIELDS];
    /** Of each store, when the one before it to the same place, modulo 4096, is out of the way of loads; null where a core does not mind. */
    private final long[] older;
    /** For each eight bytes modulo 4096, the low byte of the number of the youngest store to each of them. */
    private final long[] youngest = new long[GRANULES];
    private final ForwardPredictor predictor;
    private final MemoryFile names;
    private final RegisterFile registers;
    /** What is dispatched in the cycle of the load that is asked for. */
    private final DispatchGroup group;
    private final int renameWindow;
    private final int lingers;
    private final int hides;
    private final boolean renameNarrow;
    private final boolean predictModify;
    /** Bits of an address that name a place on the stack. */
    private final long slot;
    private long stores;
    /** Stores up to the last load that came again: what is behind it is not renamed to any of them. */
    private long storesBeforeRestart;
    /** The youngest store of each instruction. */
    private final long[] last;
    /** The instruction whose store a load could have been foreseen to take its value from. */
    private int served;
    /** Whether it could take the value itself. */
    private boolean takes;
    /** Cycle at which the data of the stores that answered is ready. */
    long ready;
    /** Cycle at which the last of the stores commits that a load is covered by in part. */
    long committed;
    /** Cycle from which the address of the one store that covers a load was known, or of the last of those that do in part. */
    long addressed;
    /** Whether one of the stores that cover a load in part begins where it does. */
    boolean started;
    /** Cycle at which the store before the youngest that equals a load modulo 4096 is out of its way. */
    long olderGone;
    /** Whether that youngest is an alias. */
    boolean hidden;

    /** For code of a number of static instructions. */
    StoreForwarding(CoreProfile p, RegisterFile registers, DispatchGroup group, int code) {
        this.registers = registers;
        this.group = group;
        renameNarrow = p.has(Constant.RENAME_NARROW);
        predictModify = p.has(Constant.PSF_MODIFY);
        renameWindow = p.get(Constant.RENAME_WINDOW);
        slot = (1L << p.get(Constant.RENAME_BITS)) - 1;
        names = new MemoryFile(p, code);
        lingers = p.get(Constant.STORE_LINGERS);
        hides = p.get(Constant.FORWARD_HIDES);
        last = new long[code];
        predictor = new ForwardPredictor(p.get(Constant.PSF_PAIRS), p.get(Constant.PSF_TRAINING), code);
        older = p.get(Constant.FORWARD_PASS) > 0 ? new long[STORES] : null;
    }

    /** Records a store, whose address is known from one cycle on, its data from another. */
    void store(InstructionTiming x, long address, long known, long data, long commit) {
        stores++;
        int k = (int) (stores & STORES - 1) * FIELDS;
        long end = address + x.storeBytes;
        store[k + START] = address;
        store[k + END] = end;
        store[k + DATA] = data;
        store[k + COMMIT] = commit;
        store[k + INSTRUCTION] = x.number;
        last[x.number] = stores;
        long name = name(x, address);
        store[k + NAME] = name;
        if (name > 0) {
            store[k + VERSION] = registers.version(x.nameRegisters);
            names.store(name, (int) stores);
        }
        store[k + ADDRESSED] = known;
        if (older != null) {
            int before = (int) youngestFrom(address) & STORES - 1;
            older[(int) stores & STORES - 1] = aliases(before * FIELDS, address) ? store[before * FIELDS + COMMIT] + hides : 0;
        }
        long number = (stores & STORES - 1) * ONES;
        for (long a = address; a < end; a = (a | 7) + 1) {
            long bytes = bytes(a, end);
            int g = (int) (a >>> 3) & GRANULES - 1;
            youngest[g] = youngest[g] & ~bytes | number & bytes;
        }
    }

    /** The youngest store to each byte from an address up to the next boundary of eight, lowest first. */
    private long youngestFrom(long address) {
        return youngest[(int) (address >>> 3) & GRANULES - 1] >>> 8 * ((int) address & 7);
    }

    /** The bytes of eight that an access takes from an address up to its end, as a mask. */
    private static long bytes(long from, long end) {
        int first = (int) from & 7;
        int count = (int) Math.min(8 - first, end - from);
        return -1L >>> 64 - 8 * count << 8 * first;
    }

    /** What memory renaming knows a place by: its address expression, on the stack its address; 0 or less where it is not renamed. */
    private long name(InstructionTiming x, long address) {
        return x.name == CodeTiming.SLOT ? (address & slot) << 1 | CodeTiming.SLOT : x.name;
    }

    /** What a load gets that is dispatched at one cycle, when its value may be renamed or predicted, and has its address at another. */
    int load(InstructionTiming x, long address, long dispatched, long issue) {
        olderGone = 0;
        hidden = false;
        if (x.name > 0) {
            int renamed = rename(x, address);
            if (renamed != NONE) {
                return restarted(renamed);
            }
        }
        int found = find(x, address, dispatched, issue);
        if (found == PREDICTED || served == NOT_SERVED && !predictor.knows(x.number)) {
            return found;
        }
        return restarted(learn(found, x, address, dispatched));
    }

    private int restarted(int found) {
        storesBeforeRestart = found == MISPREDICTED ? stores : storesBeforeRestart;
        return found;
    }

    /** Whether a load is renamed, rightly or wrongly; {@link #NONE} where it is not. */
    private int rename(InstructionTiming x, long address) {
        long name = name(x, address);
        int number = names.youngest(name);
        int k = number * FIELDS;
        long between = stores - number & STORES - 1;
        if (store[k + NAME] != name || between >= Math.min(renameWindow + 1, stores - storesBeforeRestart)
                || !names.holds(name, number) || group.fits(x.overwritten)
                || store[k + VERSION] != registers.version(x.nameRegisters)) {
            return NONE;
        }
        long bytes = store[k + END] - store[k + START];
        if (bytes < x.loadBytes || bytes > x.loadBytes && !renameNarrow) {
            return NONE;
        }
        boolean right = store[k + START] == address && (wroteAll(number, address, x.loadBytes)
                || serves(stores - between, address, address + x.loadBytes));
        if (names.marked(x.number)) {
            if (!right) {
                names.again(x.number);
            }
            return NONE;
        }
        if (right) {
            ready = store[k + DATA];
            return RENAMED;
        }
        return names.wrong(x.number, registers.writes()) ? MISPREDICTED : NONE;
    }

    /** Takes down what served a load, and returns what it found, or that it was predicted. */
    private int learn(int found, InstructionTiming x, long address, long dispatched) {
        boolean sure = predictor.foreseen(x.number) >= 0 && predictor.takes(x.number);
        long usual = last[predictor.last(x.number)];
        boolean near = stores - usual <= renameWindow;
        boolean right = near && serves(usual, address, address + x.loadBytes);
        if (served != NOT_SERVED) {
            predictor.served(x.number, served, takes);
        } else if (!right) {
            // That L1D has by now what its usual store wrote says nothing against it.
            predictor.missed(x.number);
        }
        if (!sure || !near || gone((int) (usual & STORES - 1) * FIELDS) <= dispatched) {
            return found;
        }
        if (right) {
            ready = store[(int) (usual & STORES - 1) * FIELDS + DATA];
        }
        return right ? PREDICTED : MISPREDICTED;
    }

    /** Whether a store has all that a load takes, and none behind it a part: what aliases hide from {@link #find}. */
    private boolean serves(long number, long from, long to) {
        for (long n = stores; n > number; n--) {
            if (overlaps((int) (n & STORES - 1) * FIELDS, from, to)) {
                return false;
            }
        }
        int k = (int) (number & STORES - 1) * FIELDS;
        return store[k + START] <= from && to <= store[k + END];
    }

    /** Whether a store, by the low byte of its number, is the youngest to all of an access that crosses no boundary of eight bytes. */
    private boolean wroteAll(int number, long address, int bytes) {
        return ((int) address & 7) + bytes <= 8 && ((youngestFrom(address) ^ number * ONES) & -1L >>> 64 - 8 * bytes) == 0;
    }

    private int find(InstructionTiming x, long address, long dispatched, long issue) {
        served = NOT_SERVED;
        int size = x.loadBytes;
        int one = (int) youngestFrom(address) & STORES - 1;
        if (wroteAll(one, address, size)) {
            int k = one * FIELDS;
            boolean covers = store[k + START] <= address && store[k + END] >= address + size;
            if (covers && gone(k) > dispatched) {
                boolean flies = gone(k) > issue;
                int how = covered(k, x, address, flies);
                if (how != FORWARDED || flies) {
                    return how;
                }
            } else if (store[k + COMMIT] > issue) {
                if (overlaps(k, address, address + size)) {
                    return several(x, address, issue);
                }
                if (aliases(k, address)) {
                    return behindAlias(x, address, issue);
                }
            }
            return NONE;
        }
        return several(x, address, issue);
    }

    /** The cycle from which a store serves no load any more. */
    private long gone(int k) {
        return store[k + COMMIT] + lingers;
    }

    private boolean overlaps(int k, long from, long to) {
        return store[k + START] < to && from < store[k + END];
    }

    /** Whether the address of a store that does not overlap a load equals it modulo 4096. */
    private boolean aliases(int k, long address) {
        return (address - store[k + START] & 8 * GRANULES - 1) < store[k + END] - store[k + START];
    }

    /** A load that an alias hides older stores from: they are looked through one by one, the youngest first. */
    private int behindAlias(InstructionTiming x, long address, long issue) {
        int size = x.loadBytes;
        hidden = older != null;
        olderGone = hidden ? older[(int) youngestFrom(address) & STORES - 1] : 0;
        long missing = -1L >>> 64 - size;
        int found = NONE;
        noPart();
        for (long n = stores; n > Math.max(0, stores - STORES) && missing != 0; n--) {
            int k = (int) (n & STORES - 1) * FIELDS;
            if (store[k + COMMIT] <= issue) {
                break;
            }
            if (overlaps(k, address, address + size)) {
                int from = (int) Math.max(0, store[k + START] - address);
                int to = (int) Math.min(size, store[k + END] - address);
                long bytes = (-1L >>> 64 - (to - from) << from) & missing;
                if (bytes == missing && found == NONE && to - from == size) {
                    return covered(k, x, address, true);
                }
                if (bytes != 0) {
                    found = found == NONE ? FAILED : FAILED_TWO;
                    part(k, address);
                    missing &= ~bytes;
                }
            }
        }
        return found == NONE ? ALIAS_4K : found;
    }

    private void noPart() {
        committed = 0;
        addressed = 0;
        started = false;
    }

    /** A store covers a load in part. */
    private void part(int k, long address) {
        committed = Math.max(committed, store[k + COMMIT]);
        addressed = Math.max(addressed, store[k + ADDRESSED]);
        started |= store[k + START] == address;
    }

    /** How a load is served that one store covers, which is still in flight when the load has its address, or only when it is dispatched. */
    private int covered(int k, InstructionTiming x, long address, boolean flies) {
        ready = store[k + DATA];
        addressed = store[k + ADDRESSED];
        int from = (int) store[k + INSTRUCTION];
        boolean usual = (stores - k / FIELDS & STORES - 1) <= renameWindow && (last[from] & STORES - 1) == k / FIELDS;
        boolean foreseen = usual && predictor.foreseen(x.number) == from;
        if (older != null && flies && !hidden && !foreseen) {
            olderGone = older[k / FIELDS];
        }
        takes = x.name != 0 && store[k + NAME] != 0 && store[k + START] == address
                && (renameNarrow || store[k + END] == address + x.loadBytes) && (predictModify || !x.is(CodeTiming.MODIFY));
        if (foreseen && takes) {
            return PREDICTED;
        }
        served = usual && flies ? from : NOT_SERVED;
        return FORWARDED;
    }

    /** A load that crosses a boundary of eight bytes, or to whose bytes different stores have written. */
    private int several(InstructionTiming x, long address, long issue) {
        int one = -1;
        boolean two = false;
        boolean whole = true;
        noPart();
        boolean aliased = false;
        long end = address + x.loadBytes;
        long a = address;
        while (a < end) {
            long word = youngest[(int) (a >>> 3) & GRANULES - 1];
            int last = (int) (word >>> 8 * ((int) a & 7)) & STORES - 1;
            int k = last * FIELDS;
            // Bytes of one store are taken together, unless its number is that of an older one as well.
            long granule = Math.min(end, (a | 7) + 1);
            boolean together = ((word ^ last * ONES) & bytes(a, end)) == 0
                    && (!overlaps(k, a, granule) || store[k + START] <= a && granule <= store[k + END]);
            long to = together ? granule : a + 1;
            if (store[k + COMMIT] > issue && overlaps(k, a, to)) {
                two |= one >= 0 && one != k;
                one = k;
                part(k, address);
            } else {
                whole = false;
                aliased |= store[k + COMMIT] > issue && aliases(k, a);
            }
            a = to;
        }
        if (aliased) {
            return behindAlias(x, address, issue);
        }
        if (one < 0) {
            return NONE;
        }
        return two ? FAILED_TWO : whole ? covered(one, x, address, true) : FAILED;
    }
}
