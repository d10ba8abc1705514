package dev.cyclecast.model;

/** A constant of a core profile: one observable quantity of a microarchitecture. */
public enum Constant {
    DISPATCH_WIDTH("dispatchWidth", "macro-ops/cycle", 1, 16, Kind.SIZE,
        "Macro-ops that rename and dispatch take each cycle."),
    RETIRE_WIDTH("retireWidth", "macro-ops/cycle", 1, 16, Kind.SIZE, "Macro-ops that retire each cycle, in order."),
    ROB_ENTRIES("robEntries", "macro-ops", 16, 4096, Kind.SIZE, "Reorder buffer (retire queue)."),
    INT_SCHEDULER_ENTRIES("intSchedulerEntries", "ops", 8, 1024, Kind.SIZE,
        "Integer scheduler entries, all queues together; shared with address generation where AGU_SCHEDULER_ENTRIES is 0."),
    AGU_SCHEDULER_ENTRIES("aguSchedulerEntries", "ops", 0, 1024, Kind.SIZE,
        "Separate address-generation scheduler entries; 0 where loads and stores share the integer scheduler."),
    UNCOMPLETED_LOADS("uncompletedLoads", "loads", 8, 4096, Kind.SIZE,
        "Loads between dispatch and the arrival of their data."),
    LOAD_QUEUE_ENTRIES("loadQueueEntries", "loads", 8, 4096, Kind.SIZE, "Loads between dispatch and retirement."),
    STORE_QUEUE_ENTRIES("storeQueueEntries", "stores", 8, 4096, Kind.SIZE,
        "Stores between dispatch and commit to L1D."),
    MOVE_ELIMINATION("moveElimination", "flag", 0, 1, Kind.FLAG,
        "Whether register moves of 32 and 64 bits are done at rename."),
    RENAME_STACK("renameStack", "flag", 0, 1, Kind.FLAG,
        "Whether push/pop style store-to-load pairs are renamed (zero latency)."),
    RENAME_MEMORY("renameMemory", "flag", 0, 1, Kind.FLAG,
        "Whether other same-expression store-to-load pairs are renamed, read-modify-write chains included."),
    RENAME_NARROW("renameNarrow", "flag", 0, 1, Kind.FLAG,
        "Whether loads narrower than their store are renamed, and loads of bytes and words that are not extended."),
    RENAME_WINDOW("renameWindow", "stores", 0, 64, Kind.SIZE, "Stores between a renamed or a predicted pair at most."),
    RENAMED_PER_CYCLE("renamedPerCycle", "loads/cycle", 1, 16, Kind.SIZE, "Loads of renamed pairs each cycle."),
    PSF_PAIRS("psfPairs", "loads", 0, 4096, Kind.SIZE,
        "Static loads whose forwarding the predictor of store forwarding holds; 0 for none."),
    PSF_TRAINING("psfTraining", "forwardings", 1, 64, Kind.SIZE,
        "Forwardings over the same number of stores before one is predicted."),
    FUSE_COMPARE("fuseCompare", "flag", 0, 1, Kind.FLAG, "Whether cmp and test fuse with a following jcc."),
    FUSE_ALU("fuseAlu", "flag", 0, 1, Kind.FLAG,
        "Whether add, sub, and, or, xor, inc and dec fuse with a following jcc."),
    FUSE_RIP("fuseRip", "flag", 0, 1, Kind.FLAG, "Whether an instruction with a rip-relative memory operand fuses."),
    FUSE_DISP32_IMM32("fuseDisp32Imm32", "flag", 0, 1, Kind.FLAG,
        "Whether an instruction with a 32-bit displacement and a 32-bit immediate fuses."),
    FUSE_MEMORY_IMMEDIATE("fuseMemoryImmediate", "flag", 0, 1, Kind.FLAG,
        "Whether an instruction with a memory operand and an immediate fuses."),
    FUSE_NOP("fuseNop", "flag", 0, 1, Kind.FLAG, "Whether a no-operation joins the integer instruction before it."),
    FUSE_MOVE("fuseMove", "flag", 0, 1, Kind.FLAG,
        "Whether a register move joins a following add, sub or and on the register that it writes."),
    ZERO_IDIOMS("zeroIdioms", "flag", 0, 1, Kind.FLAG,
        "Whether operations of a register with itself that have a known result do not wait for it."),
    FASTPATH_OPS("fastpathOps", "macro-ops", 1, 8, Kind.GEOMETRY,
        "Macro-ops of an instruction that decoders emit; one with more comes from microcode, alone in its cycles."),
    DISPATCH_ALU("dispatchAlu", "macro-ops/cycle", 1, 16, Kind.GEOMETRY, "Integer operations dispatched each cycle."),
    DISPATCH_MEMORY("dispatchMemory", "macro-ops/cycle", 1, 16, Kind.GEOMETRY,
        "Loads and stores without an operation dispatched each cycle."),
    DISPATCH_BRANCHES("dispatchBranches", "macro-ops/cycle", 1, 16, Kind.GEOMETRY, "Branches dispatched each cycle."),
    DISPATCH_MULTIPLIES("dispatchMultiplies", "macro-ops/cycle", 1, 16, Kind.GEOMETRY,
        "Multiplications dispatched each cycle."),
    DISPATCH_NUMBERS("dispatchNumbers", "numbers/cycle", 3, 255, Kind.GEOMETRY,
        "Displacements, immediates and distances of jumps dispatched each cycle."),
    DISPATCH_DIVIDES("dispatchDivides", "macro-ops/cycle", 1, 16, Kind.GEOMETRY, "Divisions dispatched each cycle."),
    INT_SCHEDULER_QUEUES("intSchedulerQueues", "queues", 1, 4, Kind.GEOMETRY,
        "Queues that the integer scheduler's entries are divided among, each serving its own ports."),
    SCHEDULER_BALANCE("schedulerBalance", "operations", 1, 64, Kind.GEOMETRY,
        "Operations that must wait more in one integer scheduler queue than in another for that one to be taken; with less, chance "
            + "decides. 1 where the one with most entries free is always taken."),
    SCHEDULER_ACCEPTS("schedulerAccepts", "macro-ops/cycle", 1, 16, Kind.GEOMETRY,
        "Macro-ops that a scheduler queue takes each cycle."),
    VECTOR_SCHEDULER_ENTRIES("vectorSchedulerEntries", "ops", 8, 1024, Kind.SIZE,
        "Vector scheduler entries, and those of the queue before it."),
    SCHEDULER_RELEASE("schedulerRelease", "cycles", 0, 40, Kind.LATENCY,
        "From the issue of an operation until another one may be dispatched into its scheduler entry."),
    EARLY_PICKS("earlyPicks", "cycles", 0, 7, Kind.GEOMETRY,
        "Cycles, that of its dispatch included, in which an integer operation that waits for nothing but a port is taken for done by "
            + "what is dispatched then and needs its result: that takes a port in vain once. 0 where nothing does."),
    INT_REGISTERS("intRegisters", "registers", 16, 4096, Kind.SIZE, "Integer registers for results not yet retired."),
    FLAG_REGISTERS("flagRegisters", "registers", 16, 4096, Kind.SIZE, "Flag registers for results not yet retired."),
    VECTOR_REGISTERS("vectorRegisters", "registers", 16, 4096, Kind.SIZE, "Vector registers for results not yet retired."),
    DECODE_WIDTH("decodeWidth", "instructions/cycle", 1, 16, Kind.SIZE,
        "Instructions decoded each cycle when the op cache misses."),
    DECODE_BYTES("decodeBytes", "bytes/cycle", 8, 128, Kind.SIZE,
        "Code bytes, in 16-byte entries of the byte queue, that the decoders leave behind each cycle."),
    FETCH_BYTES("fetchBytes", "bytes", 16, 64, Kind.GEOMETRY,
        "Aligned block of code that is fetched for the decoders each cycle."),
    DECODER_SWITCH("decoderSwitch", "cycles", 0, 40, Kind.LATENCY,
        "Extra cycles when delivery moves from the op cache to the decoders."),
    DECODER_RESTART("decoderRestart", "cycles", 0, 40, Kind.LATENCY,
        "Extra cycles of the refill after a misprediction whose right path the decoders deliver."),
    OP_CACHE_SETS("opCacheSets", "sets", 0, 1024, Kind.GEOMETRY, "Op cache sets."),
    OP_CACHE_WAYS("opCacheWays", "ways", 1, 64, Kind.GEOMETRY, "Op cache ways."),
    OP_CACHE_OPS_PER_ENTRY("opCacheOpsPerEntry", "macro-ops", 1, 16, Kind.GEOMETRY,
        "Macro-ops, or instructions, in an op cache entry."),
    OP_CACHE_BY_INSTRUCTIONS("opCacheByInstructions", "flag", 0, 1, Kind.FLAG,
        "Whether an op cache entry holds instructions (a fused pair is one) instead of macro-ops, and numbers of any size take fields."),
    OP_CACHE_SPANS_LINES("opCacheSpansLines", "flag", 0, 1, Kind.FLAG,
        "Whether an op cache entry goes on from one 64-byte line of code into the next."),
    OP_CACHE_FIELDS_PER_ENTRY("opCacheFieldsPerEntry", "fields", 1, 64, Kind.GEOMETRY,
        "Displacements and immediates that an op cache entry holds, those of a byte only where it holds instructions."),
    OP_CACHE_IN_L1I("opCacheInL1i", "flag", 0, 1, Kind.FLAG, "Whether the op cache holds only what is in L1I."),
    OP_CACHE_OPS_PER_CYCLE("opCacheOpsPerCycle", "macro-ops/cycle", 1, 32, Kind.SIZE,
        "Macro-ops that the op cache delivers each cycle."),
    OP_CACHE_ENTRIES_PER_CYCLE("opCacheEntriesPerCycle", "entries/cycle", 1, 4, Kind.SIZE,
        "Op cache entries read each cycle."),
    OP_CACHE_LINE_INTERVAL("opCacheLineInterval", "cycles", 1, 8, Kind.LATENCY,
        "From one read of op cache entries to the next one in the same line of code."),
    OP_QUEUE_ENTRIES("opQueueEntries", "macro-ops", 8, 512, Kind.SIZE,
        "Macro-ops that the front end may be ahead of dispatch."),
    L1I_KIB("l1iKib", "KiB", 4, 1024, Kind.GEOMETRY, "L1 instruction cache size."),
    L1I_WAYS("l1iWays", "ways", 1, 64, Kind.GEOMETRY, "L1 instruction cache ways."),
    ITLB_L1_ENTRIES("itlbL1Entries", "pages", 4, 4096, Kind.SIZE, "L1 instruction TLB entries, fully associative."),
    ITLB_L2_ENTRIES("itlbL2Entries", "pages", 16, 65536, Kind.SIZE, "L2 instruction TLB entries."),
    L1I_MISS_L2("l1iMissL2", "cycles", 1, 100, Kind.LATENCY,
        "From fetch to instructions on an L1I miss that hits L2, when not prefetched."),
    L1I_FILL_INTERVAL("l1iFillInterval", "cycles", 0, 64, Kind.LATENCY,
        "Between two lines of code that arrive from L2."),
    L1I_FILL_L3_INTERVAL("l1iFillL3Interval", "cycles", 0, 64, Kind.LATENCY,
        "Between two lines of code that arrive from behind L2."),
    WRONG_PATH_LINES("wrongPathLines", "lines", 0, 16, Kind.SIZE,
        "Lines of code that fetch brings in on the wrong path of a conditional branch; 0 for none."),
    FETCH_RUN_AHEAD("fetchRunAhead", "blocks", 1, 512, Kind.SIZE,
        "Fetch blocks that branch prediction may run ahead of fetch, prefetching L1I lines."),
    BTB_L1_ENTRIES("btbL1Entries", "entries", 16, 65536, Kind.SIZE, "First-level BTB."),
    BTB_L1_WAYS("btbL1Ways", "ways", 1, 64, Kind.GEOMETRY,
        "First-level BTB entries in a set, which the address bits from 5 up choose."),
    BTB_L1_PAIRS("btbL1Pairs", "entries", 0, 65536, Kind.GEOMETRY,
        "First-level BTB entries that can hold two branches of one 64-byte line."),
    BTB_L2_ENTRIES("btbL2Entries", "entries", 0, 131072, Kind.SIZE, "Second-level BTB; 0 for none."),
    BTB_L2_WAYS("btbL2Ways", "ways", 1, 64, Kind.GEOMETRY, "Second-level BTB entries in a set, chosen by a hash."),
    BTB_L2_PAIRS("btbL2Pairs", "entries", 0, 131072, Kind.GEOMETRY,
        "Second-level BTB entries that can hold two branches of one 64-byte line."),
    BTB_PAIR_ANY_BYTES("btbPairAnyBytes", "bytes", 0, 64, Kind.GEOMETRY,
        "Aligned bytes (a power of two) in which the first of two branches in a BTB entry may be unconditional."),
    BTB_L2_BUBBLE("btbL2Bubble", "cycles", 0, 20, Kind.LATENCY,
        "Fetch bubble when a taken branch is found in the second-level BTB."),
    BTB_CALL_BUBBLE("btbCallBubble", "cycles", 0, 20, Kind.LATENCY,
        "Fetch bubble of predicted calls and returns."),
    BTB_INDIRECT_BUBBLE("btbIndirectBubble", "cycles", 0, 20, Kind.LATENCY,
        "Fetch bubble of an indirect branch that goes where it went last."),
    INDIRECT_OVERRIDE_BUBBLE("indirectOverrideBubble", "cycles", 0, 20, Kind.LATENCY,
        "Fetch bubble of an indirect branch whose target the indirect predictor gives, against the BTB."),
    DIRECTION_OVERRIDE_BUBBLE("directionOverrideBubble", "cycles", 0, 20, Kind.LATENCY,
        "Fetch bubble where the slow level of the direction predictor overrides the fast one."),
    FAST_BTB_ENTRIES("fastBtbEntries", "branches", 0, 65536, Kind.SIZE,
        "Branches among which two may be taken each cycle; 0 for one taken branch each cycle."),
    DECODE_REDIRECT("decodeRedirect", "cycles", 1, 60, Kind.LATENCY,
        "From a direct unconditional branch unknown to the BTB to its target's dispatch."),
    MISPREDICT_REFILL("mispredictRefill", "cycles", 1, 60, Kind.LATENCY,
        "From the resolution of a mispredicted branch to the first dispatch from the right path."),
    RETURN_STACK_ENTRIES("returnStackEntries", "returns", 1, 256, Kind.SIZE, "Return address stack."),
    INDIRECT_ENTRIES("indirectEntries", "targets", 16, 65536, Kind.SIZE, "Indirect target predictor."),
    TAGE_TABLES("tageTables", "tables", 1, 16, Kind.GEOMETRY, "Tagged tables of the direction predictor."),
    TAGE_FAST_TABLES("tageFastTables", "tables", 0, 16, Kind.GEOMETRY,
        "Tagged tables, those of the shortest histories, that with the base predictor make the fast level."),
    TAGE_ENTRIES("tageEntries", "entries", 64, 65536, Kind.GEOMETRY,
        "Entries of each tagged table (a power of two)."),
    TAGE_HISTORY("tageHistory", "taken branches", 8, 1024, Kind.GEOMETRY,
        "Longest history that a tagged table uses."),
    BIMODAL_ENTRIES("bimodalEntries", "entries", 64, 1048576, Kind.GEOMETRY,
        "Entries of the base predictor (a power of two)."),
    PERFECT_BRANCHES("perfectBranches", "flag", 0, 1, Kind.FLAG,
        "Whether every branch is predicted rightly: no real core, but what a core is compared with."),
    L1D_KIB("l1dKib", "KiB", 4, 1024, Kind.GEOMETRY, "L1 data cache size."),
    L1D_WAYS("l1dWays", "ways", 1, 64, Kind.GEOMETRY, "L1 data cache ways."),
    L1D_LATENCY("l1dLatency", "cycles", 1, 20, Kind.LATENCY, "Load-to-use of an L1D hit with a simple address."),
    COMPLEX_ADDRESS_EXTRA("complexAddressExtra", "cycles", 0, 10, Kind.LATENCY,
        "Extra load-to-use of a scaled index, or of base, index and displacement together."),
    SEGMENT_EXTRA("segmentExtra", "cycles", 0, 10, Kind.LATENCY,
        "Extra load-to-use of an fs: or gs: address; not added to a complex one."),
    SIGN_EXTEND_EXTRA("signExtendExtra", "cycles", 0, 10, Kind.LATENCY,
        "Extra load-to-use of sign-extending and of merging 8- and 16-bit loads."),
    VECTOR_LOAD_EXTRA("vectorLoadExtra", "cycles", 0, 10, Kind.LATENCY, "Extra load-to-use of vector loads."),
    LINE_CROSS_EXTRA("lineCrossExtra", "cycles", 0, 20, Kind.LATENCY,
        "Extra load-to-use of a load that crosses a cache line."),
    WAY_PREDICTION("wayPrediction", "flag", 0, 1, Kind.FLAG,
        "Whether lines of an L1D set with the same hash of the linear address drive each other out."),
    BANK_CONFLICTS("bankConflicts", "flag", 0, 1, Kind.FLAG,
        "Whether loads of one cycle conflict that read the same bank (address bits 5 to 3) of different lines."),
    MISS_BUFFERS("missBuffers", "lines", 1, 4096, Kind.SIZE, "L1D misses under way at once."),
    STRIDE_PREFETCH("stridePrefetch", "accesses", 0, 64, Kind.SIZE,
        "Accesses ahead that the L1 stride prefetcher fetches; 0 for none."),
    L1_STREAM_PREFETCH("l1StreamPrefetch", "lines", 0, 64, Kind.SIZE,
        "Lines ahead that the L1 stream prefetcher fetches; 0 for none."),
    L2_STREAM_PREFETCH("l2StreamPrefetch", "lines", 0, 64, Kind.SIZE,
        "Lines ahead that the L2 stream prefetcher fetches; 0 for none."),
    L2_UP_DOWN_PREFETCH("l2UpDownPrefetch", "flag", 0, 1, Kind.FLAG,
        "Whether L2 fetches the next or the previous line of an access."),
    L2_LINE_CYCLES("l2LineCycles", "cycles/line", 0, 64, Kind.LATENCY, "Cycles that a line takes from L2 to L1D; 0 for no limit."),
    L3_LINE_CYCLES("l3LineCycles", "cycles/line", 0, 64, Kind.LATENCY, "Cycles that a line takes from L3; 0 for no limit."),
    MEMORY_LINE_CYCLES("memoryLineCycles", "cycles/line", 0, 256, Kind.LATENCY,
        "Cycles that a line takes from memory, of what one core can have; 0 for no limit."),
    L2_KIB("l2Kib", "KiB", 16, 65536, Kind.GEOMETRY, "L2 size."),
    L2_WAYS("l2Ways", "ways", 1, 64, Kind.GEOMETRY, "L2 ways."),
    L2_LATENCY("l2Latency", "cycles", 2, 100, Kind.LATENCY, "Load-to-use of an L1D miss that hits L2."),
    L3_KIB("l3Kib", "KiB", 0, 1048576, Kind.GEOMETRY, "L3 size as one core sees it; 0 for none."),
    L3_WAYS("l3Ways", "ways", 1, 64, Kind.GEOMETRY, "L3 ways."),
    L3_LATENCY("l3Latency", "cycles", 2, 400, Kind.LATENCY, "Load-to-use of an L2 miss that hits L3."),
    MEMORY_LATENCY("memoryLatency", "cycles", 10, 5000, Kind.LATENCY, "Load-to-use of an L3 miss."),
    DTLB_L1_ENTRIES("dtlbL1Entries", "pages", 4, 4096, Kind.SIZE, "L1 data TLB entries, fully associative."),
    DTLB_L2_ENTRIES("dtlbL2Entries", "pages", 16, 65536, Kind.SIZE, "L2 data TLB entries."),
    DTLB_L2_WAYS("dtlbL2Ways", "ways", 1, 64, Kind.GEOMETRY, "L2 data TLB ways."),
    DATA_PAGE_KIB("dataPageKib", "KiB", 4, 2048, Kind.GEOMETRY, "Size of the pages that hold data: 4, or 2048."),
    PAGE_WALKERS("pageWalkers", "walks", 1, 64, Kind.SIZE, "Page walks of data accesses under way at once."),
    PAGE_DIRECTORY_ENTRIES("pageDirectoryEntries", "entries", 8, 4096, Kind.GEOMETRY,
        "Page directory cache: entries of the level above that which the L2 data TLB holds."),
    TLB_L2_EXTRA("tlbL2Extra", "cycles", 0, 100, Kind.LATENCY,
        "Extra cycles of an L1 TLB miss that hits the L2 TLB."),
    PAGE_WALK_EXTRA("pageWalkExtra", "cycles", 0, 1000, Kind.LATENCY, 
        "Extra cycles of an L2 TLB miss whose walk reads one entry, which is in L2."),
    FORWARD_LATENCY("forwardLatency", "cycles", 0, 40, Kind.LATENCY,
        "From a store's data to a load that one older store covers and that came before the data."),
    FORWARD_ADDRESS_EXTRA("forwardAddressExtra", "cycles", 0, 40, Kind.LATENCY,
        "From a store's address, beyond an L1D hit, to a load that it covers and that came no later than the address."),
    FORWARD_MODIFY_EXTRA("forwardModifyExtra", "cycles", 0, 20, Kind.LATENCY,
        "Extra cycles of a read-modify-write whose load one older store covers, beyond a load alone."),
    FORWARD_VECTOR_EXTRA("forwardVectorExtra", "cycles", 0, 20, Kind.LATENCY,
        "Extra cycles of forwarding to a vector register."),
    FORWARD_FAIL("forwardFail", "cycles", 0, 100, Kind.LATENCY,
        "From a store's data, where nothing keeps it from its commit, to a load that it covers in part."),
    FORWARD_FAIL_TWO("forwardFailTwo", "cycles", 0, 100, Kind.LATENCY,
        "From the later data of two stores, where nothing keeps them from their commit, to a load that needs both."),
    ALIAS_4K_EXTRA("alias4kExtra", "cycles", 0, 60, Kind.LATENCY,
        "Extra cycles of a load whose address equals an in-flight store's modulo 4096."),
    ALIAS_1K_EXTRA("alias1kExtra", "cycles", 0, 60, Kind.LATENCY,
        "Extra cycles of a load whose address equals an in-flight store's modulo 1024."),
    STORE_COMMITS("storeCommits", "stores/cycle", 1, 8, Kind.SIZE, "Stores that commit to L1D each cycle, to one line or so many lines as STORE_COMMIT_LINES."),
    STORE_COMMIT_LINES("storeCommitLines", "lines/cycle", 1, 8, Kind.SIZE,
        "Lines of L1D to which stores commit each cycle."),
    STORE_COMMIT_LATENCY("storeCommitLatency", "cycles", 0, 40, Kind.LATENCY,
        "From the cycle after a store retires until L1D has it: until then it forwards, or keeps loads waiting that it covers in part."),
    LOCKED_DISPATCH("lockedDispatch", "cycles", 0, 100, Kind.LATENCY,
        "From the dispatch of an atomic operation to that of what is behind it."),
    LOCKED_STORE("lockedStore", "cycles", 0, 100, Kind.LATENCY,
        "The same, from the address of the last store before the atomic operation, where that is later."),
    STORE_PAGE_CROSS("storePageCross", "cycles", 0, 100, Kind.LATENCY, "Cycles that a store takes which crosses a page."),
    ALU_PORTS("aluPorts", "ports", 1, 8, Kind.SIZE, "Integer ALUs."),
    BRANCH_PORTS_SHARED("branchPortsShared", "ports", 0, 8, Kind.SIZE, "ALUs that also execute branches."),
    BRANCH_PORTS_OWN("branchPortsOwn", "ports", 0, 4, Kind.SIZE, "Branch units that share nothing with an ALU."),
    MULTIPLY_PORTS("multiplyPorts", "ports", 1, 8, Kind.SIZE, "ALUs that multiply."),
    SHIFT_PORTS("shiftPorts", "ports", 1, 8, Kind.SIZE, "ALUs that shift and rotate."),
    SHIFTS_AT_BRANCHES("shiftsAtBranches", "flag", 0, 1, Kind.FLAG,
        "Whether those ALUs are the ones that execute branches, and multiplications share all but one of them."),
    LOAD_PORTS("loadPorts", "ports", 1, 8, Kind.SIZE, "Loads issued each cycle."),
    STORE_DATA_ALU("storeDataAlu", "flag", 0, 1, Kind.FLAG,
        "Whether the data of a store that is no vector and no result of the same instruction takes an ALU for a cycle."),
    STORE_PORTS("storePorts", "ports", 1, 8, Kind.SIZE, "Stores issued each cycle."),
    AGU_PORTS("aguPorts", "ports", 1, 8, Kind.SIZE, "Address generations each cycle, loads and stores together."),
    VECTOR_PORTS("vectorPorts", "ports", 1, 8, Kind.SIZE, "Vector and floating-point pipes."),
    VECTOR_BITS("vectorBits", "bits", 64, 1024, Kind.GEOMETRY,
        "Width of a vector pipe; wider operations take it more than once."),
    VECTOR_LOADS("vectorLoads", "ports", 1, 8, Kind.SIZE, "Loads of vectors issued each cycle."),
    VECTOR_STORES("vectorStores", "ports", 1, 8, Kind.SIZE, "Stores of vectors issued each cycle."),
    CONDITION_PORTS("conditionPorts", "ports", 1, 8, Kind.SIZE, "ALUs that execute conditional moves and sets."),
    STRING_SHORT_BYTES("stringShortBytes", "bytes", 0, 4096, Kind.GEOMETRY,
        "Bytes up to which a repeated string instruction has one time for all lengths."),
    STRING_STORE_SHORT("stringStoreShort", "cycles", 1, 1000, Kind.LATENCY, "A repeated store of so few bytes."),
    STRING_MOVE_SHORT("stringMoveShort", "cycles", 1, 1000, Kind.LATENCY, "A repeated move of so few bytes."),
    STRING_MOVE_UNALIGNED("stringMoveUnaligned", "cycles", 1, 1000, Kind.LATENCY,
        "The same to a destination that is not aligned to 16 bytes."),
    STRING_STORE_LONG("stringStoreLong", "cycles", 1, 1000, Kind.LATENCY, "Start-up of a longer repeated store."),
    STRING_MOVE_LONG("stringMoveLong", "cycles", 1, 1000, Kind.LATENCY, "Start-up of a longer repeated move."),
    STRING_BYTES_PER_CYCLE("stringBytesPerCycle", "bytes/cycle", 1, 256, Kind.SIZE,
        "What a longer repeated store or move writes each cycle, behind its start-up."),
    STRING_SCAN("stringScan", "cycles", 1, 100, Kind.LATENCY,
        "Each element that a repeated string instruction only reads, behind the start-up of a short store."),
    MARGINAL_ERROR("marginalError", "percent", 0, 100, Kind.GEOMETRY,
        "Standard deviation of what one more gate, call or read costs as replayed, around what it costs: forecasts allow for it.");

    /** How a constant varies within its uncertainty. */
    public enum Kind {
        /** A time: varies by a fraction of its value. */
        LATENCY,
        /** A capacity or a width: varies by steps where its source is weak. */
        SIZE,
        /** The shape of a table: is not varied. */
        GEOMETRY,
        /** A feature that is there or not: is not varied. */
        FLAG
    }

    private final String key;
    private final String unit;
    private final int minimum;
    private final int maximum;
    private final Kind kind;
    private final String meaning;

    Constant(String key, String unit, int minimum, int maximum, Kind kind, String meaning) {
        this.key = key;
        this.unit = unit;
        this.minimum = minimum;
        this.maximum = maximum;
        this.kind = kind;
        this.meaning = meaning;
    }

    /** Name in a profile's JSON. */
    public String key() {
        return key;
    }

    /** Unit of the value. */
    public String unit() {
        return unit;
    }

    /** Least value allowed. */
    public int minimum() {
        return minimum;
    }

    /** Greatest value allowed. */
    public int maximum() {
        return maximum;
    }

    /** How it varies. */
    public Kind kind() {
        return kind;
    }

    /** What it is, in one sentence. */
    public String meaning() {
        return meaning;
    }
}
