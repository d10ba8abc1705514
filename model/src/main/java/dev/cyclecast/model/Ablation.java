package dev.cyclecast.model;

import java.util.Map;

/** A core with one unit made ideal, or one feature taken away: what the unit is worth is the difference in cycles. */
public enum Ablation {
    BRANCHES("perfect branch prediction", Map.of(Constant.PERFECT_BRANCHES, 1)),
    BTB("no bubbles of taken branches and overrides, no redirects at decode", Map.of(Constant.BTB_L2_BUBBLE, 0,
            Constant.BTB_CALL_BUBBLE, 0, Constant.BTB_INDIRECT_BUBBLE, 0, Constant.INDIRECT_OVERRIDE_BUBBLE, 0,
            Constant.DIRECTION_OVERRIDE_BUBBLE, 0, Constant.DECODE_REDIRECT, 1)),
    CALL_BUBBLE("no bubbles of calls and returns", Map.of(Constant.BTB_CALL_BUBBLE, 0)),
    BTB_CAPACITY("a first BTB level that holds all branches", Map.of(Constant.BTB_L1_ENTRIES, 65536,
            Constant.BTB_L1_WAYS, 16)),
    INDIRECT_OVERRIDE("indirect targets without the delay of an override", Map.of(Constant.INDIRECT_OVERRIDE_BUBBLE, 0,
            Constant.BTB_INDIRECT_BUBBLE, 0)),
    DIRECTION_OVERRIDE("one direction predictor, at once", Map.of(Constant.DIRECTION_OVERRIDE_BUBBLE, 0)),
    RETURN_STACK("a return stack without limit", Map.of(Constant.RETURN_STACK_ENTRIES, 256)),
    RUN_AHEAD("prediction no more than one block ahead of fetch", Map.of(Constant.FETCH_RUN_AHEAD, 1)),
    DECODER("decoders of 16 instructions and 128 bytes a cycle, with no delay when they take over", Map.of(
            Constant.DECODE_WIDTH, 16, Constant.DECODE_BYTES, 128, Constant.FETCH_BYTES, 64, Constant.DECODER_SWITCH, 0,
            Constant.DECODER_RESTART, 0)),
    OP_CACHE_ENTRIES("op cache entries without limit of fields, and apart from L1I", Map.of(
            Constant.OP_CACHE_FIELDS_PER_ENTRY, 64, Constant.OP_CACHE_IN_L1I, 0)),
    L1I_FILLS("lines of code that arrive without an interval", Map.of(Constant.L1I_FILL_INTERVAL, 0,
            Constant.L1I_FILL_L3_INTERVAL, 0)),
    WRONG_PATH("nothing fetched on the wrong path", Map.of(Constant.WRONG_PATH_LINES, 0)),
    OP_CACHE("an op cache that holds all code and delivers 32 a cycle", Map.of(Constant.OP_CACHE_WAYS, 64,
            Constant.OP_CACHE_SETS, 1024, Constant.OP_CACHE_OPS_PER_ENTRY, 16, Constant.OP_CACHE_OPS_PER_CYCLE, 32,
            Constant.OP_CACHE_ENTRIES_PER_CYCLE, 4, Constant.OP_CACHE_LINE_INTERVAL, 1, Constant.OP_CACHE_FIELDS_PER_ENTRY, 64,
            Constant.DECODER_SWITCH, 0)),
    OP_CACHE_LINE("op cache entries of a line read in every cycle", Map.of(Constant.OP_CACHE_LINE_INTERVAL, 1)),
    L1I("an L1I that holds all code, and no instruction TLB misses", Map.of(Constant.L1I_KIB, 1024, Constant.L1I_WAYS, 64,
            Constant.ITLB_L1_ENTRIES, 4096)),
    DISPATCH("dispatch and retirement of 16 a cycle", Map.of(Constant.DISPATCH_WIDTH, 16, Constant.RETIRE_WIDTH, 16)),
    GROUPS("dispatch groups without limits of their kinds, and microcode among other instructions", Map.of(
            Constant.DISPATCH_ALU, 16, Constant.DISPATCH_MEMORY, 16, Constant.DISPATCH_BRANCHES, 16,
            Constant.DISPATCH_MULTIPLIES, 16, Constant.DISPATCH_DIVIDES, 16, Constant.DISPATCH_NUMBERS, 255,
            Constant.FASTPATH_OPS, 8)),
    NUMBERS("displacements and immediates dispatched without limit", Map.of(Constant.DISPATCH_NUMBERS, 255)),
    WINDOW("reorder buffer, integer registers and queues without limit", Map.of(Constant.ROB_ENTRIES, 4096,
            Constant.INT_SCHEDULER_ENTRIES, 1024, Constant.INT_SCHEDULER_QUEUES, 1, Constant.SCHEDULER_ACCEPTS, 16,
            Constant.VECTOR_SCHEDULER_ENTRIES, 1024, Constant.LOAD_QUEUE_ENTRIES, 4096,
            Constant.UNCOMPLETED_LOADS, 4096, Constant.STORE_QUEUE_ENTRIES, 4096, Constant.INT_REGISTERS, 4096,
            Constant.FLAG_REGISTERS, 4096)),
    SCHEDULER_RELEASE("scheduler entries free again as soon as their operation issues", Map.of(Constant.SCHEDULER_RELEASE, 0,
            Constant.LOAD_RELEASE, 0)),
    ONE_SCHEDULER("one integer scheduler queue, which takes what is dispatched", Map.of(Constant.INT_SCHEDULER_QUEUES, 1,
            Constant.SCHEDULER_ACCEPTS, 16)),
    BALANCED("the scheduler queue with most entries free taken for each operation", Map.of(Constant.SCHEDULER_BLOCK, 1)),
    REGISTERS("registers for renaming without limit", Map.of(Constant.INT_REGISTERS, 4096, Constant.FLAG_REGISTERS, 4096,
            Constant.VECTOR_REGISTERS, 4096)),
    WINDOW_RELEASE("places in the reorder buffer, and registers, free again as soon as their instruction retires", Map.of(
            Constant.WINDOW_RELEASE, 0, Constant.REGISTER_RELEASE, 0)),
    LOAD_QUEUE("loads without limit", Map.of(Constant.LOAD_QUEUE_ENTRIES, 4096, Constant.UNCOMPLETED_LOADS, 4096)),
    PORTS("eight of each port", Map.of(Constant.ALU_PORTS, 8, Constant.BRANCH_PORTS_SHARED, 8, Constant.MULTIPLY_PORTS, 8,
            Constant.SHIFT_PORTS, 8, Constant.LOAD_PORTS, 8, Constant.STORE_PORTS, 8, Constant.AGU_PORTS, 8,
            Constant.VECTOR_PORTS, 8, Constant.CONDITION_PORTS, 8)),
    EARLY_PICKS("no port taken in vain", Map.of(Constant.EARLY_PICKS, 0)),
    STORE_DATA("data of stores that takes no ALU", Map.of(Constant.STORE_DATA_ALU, 0)),
    LOAD_LATENCY("load-to-use of one cycle in L1D", Map.of(Constant.L1D_LATENCY, 1, Constant.COMPLEX_ADDRESS_EXTRA, 0,
            Constant.SEGMENT_EXTRA, 0, Constant.SIGN_EXTEND_EXTRA, 0, Constant.VECTOR_LOAD_EXTRA, 0)),
    LONG_ADDRESS("address generators that an address with an extra cycle does not hold", Map.of(Constant.LONG_ADDRESS_HOLDS, 0)),
    SEGMENT("no extra cycle for thread-local loads", Map.of(Constant.SEGMENT_EXTRA, 0)),
    L1D("an L1D that holds all data, and no data TLB misses", Map.of(Constant.L1D_KIB, 8192, Constant.L1D_WAYS, 64,
            Constant.WAY_PREDICTION, 0, Constant.DTLB_L1_ENTRIES, 4096)),
    DTLB("no data TLB misses", Map.of(Constant.DTLB_L1_ENTRIES, 4096)),
    LARGE_PAGES("data in pages of 2 MiB", Map.of(Constant.DATA_PAGE_KIB, 2048)),
    NO_WAY_PREDICTION("an L1D that reads all ways", Map.of(Constant.WAY_PREDICTION, 0)),
    NO_BANK_CONFLICTS("an L1D without bank conflicts", Map.of(Constant.BANK_CONFLICTS, 0)),
    MISS_WAKEUP("nothing picked in vain for a load that misses", Map.of(Constant.MISS_WAKEUP, 0)),
    LINE_RETRY("loads of lines that are on their way served when these come", Map.of(Constant.LINE_RETRY, 0)),
    LOADS_AHEAD("any number of loads before the address of a store is known", Map.of(Constant.LOADS_AHEAD, 0)),
    MISS_BUFFERS("L1D misses without limit", Map.of(Constant.MISS_BUFFERS, 4096)),
    BANDWIDTH("paths from L2, L3 and memory without limit", Map.of(Constant.L2_LINE_CYCLES, 0, Constant.L3_LINE_CYCLES, 0,
            Constant.MEMORY_LINE_CYCLES, 0)),
    NO_PREFETCHERS("no data prefetchers", Map.of(Constant.STRIDE_PREFETCH, 0, Constant.L1_STREAM_PREFETCH, 0,
            Constant.L2_STREAM_PREFETCH, 0, Constant.L2_UP_DOWN_PREFETCH, 0)),
    STORE_COMMIT("eight stores committed each cycle, to any lines", Map.of(Constant.STORE_COMMITS, 8,
            Constant.STORE_COMMIT_LINES, 8, Constant.STORE_PAGE_CROSS, 0, Constant.STORE_OPEN_LINES, 0)),
    STORE_LINES("stores committed to any lines at the same cost", Map.of(Constant.STORE_OPEN_LINES, 0)),
    NO_ALIASING("no delay of loads by stores that equal them modulo 4096", Map.of(Constant.ALIAS_4K_EXTRA, 0)),
    FORWARDING("store-to-load forwarding without delay once the store is known, or where it fails has committed", Map.of(
            Constant.FORWARD_LATENCY, 0, Constant.FORWARD_ADDRESS_EXTRA, 0, Constant.FORWARD_MODIFY_EXTRA, 0,
            Constant.FORWARD_VECTOR_EXTRA, 0, Constant.FORWARD_FAIL_LOOKS, 0, Constant.FORWARD_FAIL, 0, Constant.FORWARD_FAIL_TWO, 0,
            Constant.FORWARD_EXPECTED, 0, Constant.FORWARD_MISPREDICT, 0, Constant.FORWARD_CHECK, 0)),
    FORWARD_PASS("loads that two stores in flight could serve as if one could", Map.of(Constant.FORWARD_PASS, 0)),
    FORWARD_RETRY("loads that come before a store's data served as soon as it is there", Map.of(Constant.FORWARD_RETRY, 0)),
    FORWARD_FAIL("loads that stores cover in part served a fixed time after the stores' data", Map.of(Constant.FORWARD_FAIL_LOOKS, 0)),
    COMPLETION("loads and stores that can retire with their values and addresses", Map.of(Constant.LOAD_COMPLETE, 0,
            Constant.STORE_COMPLETE, 1)),
    FORWARD_EXPECTED("no load that expects a store since one had to be waited for", Map.of(Constant.FORWARD_EXPECTED, 0)),
    FORWARD_MISPREDICT("wrong predictions of forwarding found out at once, and fetched again without delay", Map.of(
            Constant.FORWARD_MISPREDICT, 0, Constant.FORWARD_CHECK, 0)),
    STORE_LINGERS("stores out of the way as soon as they have committed", Map.of(Constant.STORE_LINGERS, 0)),
    NO_PREDICTED_MODIFY("no predictive store forwarding to read-modify-writes", Map.of(Constant.PSF_MODIFY, 0)),
    NO_PREDICTED_FORWARDING("no predictive store forwarding", Map.of(Constant.PSF_PAIRS, 0)),
    NO_RENAMED_MEMORY("no memory renaming", Map.of(Constant.RENAME_STACK, 0, Constant.RENAME_MEMORY, 0)),
    RENAMED_BY_WHOLE_NAMES("memory renaming that compares whole displacements", Map.of(Constant.RENAME_BITS, 32)),
    MEMORY_FILE("memory renaming that no other stores push out", Map.of(Constant.MEMORY_FILE, 64)),
    RENAMED_TIME_AGAIN("loads that are renamed again although it was wrong just before", Map.of(Constant.RENAME_MARKED, 0)),
    RENAME_KEEPS("loads renamed although a register of their name is written in the same dispatch group", Map.of(Constant.RENAME_KEEPS, 1)),
    NO_STACK_SYNC("moves of the stack pointer that do not wait for pushes and pops", Map.of(Constant.STACK_SYNC, 0)),
    RENAME_SHADOW("loads close behind two that were renamed wrongly renamed as any", Map.of(Constant.RENAME_SHADOW, 0)),
    NO_RENAMED_NARROW("no renaming of narrow loads", Map.of(Constant.RENAME_NARROW, 0)),
    NO_FUSION("no fusion", Map.of(Constant.FUSE_COMPARE, 0, Constant.FUSE_ALU, 0, Constant.FUSE_NOP, 0,
            Constant.FUSE_MOVE, 0)),
    NO_MOVE_ELIMINATION("no move elimination", Map.of(Constant.MOVE_ELIMINATION, 0)),
    NO_ZERO_IDIOMS("no zero and ones idioms", Map.of(Constant.ZERO_IDIOMS, 0)),
    NO_OP_CACHE("no op cache: everything is decoded", Map.of(Constant.OP_CACHE_SETS, 0));

    private final String meaning;
    private final Map<Constant, Integer> changes;

    Ablation(String meaning, Map<Constant, Integer> changes) {
        this.meaning = meaning;
        this.changes = changes;
    }

    /** What is changed, in a few words. */
    public String meaning() {
        return meaning;
    }

    /** Name in tables and JSON. */
    public String key() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** The core with the change. */
    public CoreProfile of(CoreProfile core) {
        CoreProfile changed = core;
        for (Map.Entry<Constant, Integer> change : changes.entrySet()) {
            changed = changed.with(change.getKey(), change.getValue());
        }
        return changed;
    }
}
