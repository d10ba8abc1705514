package dev.cyclecast.model;

import dev.cyclecast.trace.Flow;
import dev.cyclecast.trace.Instruction;
import dev.cyclecast.trace.MemoryOperand;
import dev.cyclecast.trace.Operand;
import dev.cyclecast.trace.Registers;
import java.util.List;

/**
 * What one core does with each instruction of a {@link Code}, as parallel arrays by instruction number: macro-ops, ports,
 * latencies, registers, memory accesses and fusion. Independent of layout and of data.
 */
final class CodeTiming {
    static final int LOAD = 1;
    static final int STORE = 1 << 1;
    /** Has an operation besides its load and store. */
    static final int OPERATE = 1 << 2;
    /** Is done with the instruction before it, which it fuses with. */
    static final int FUSED = 1 << 3;
    /** Is done at rename: its result is ready when its source is. */
    static final int ELIMINATED = 1 << 4;
    static final int SERIAL = 1 << 5;
    static final int LOCKED = 1 << 6;
    static final int REPEATED = 1 << 7;
    /** Stack access through push, pop, call or ret. */
    static final int STACK = 1 << 8;
    /** Is a branch of any kind. */
    static final int BRANCH = 1 << 10;
    /** The memory operand that is stored is the second one of the instruction. */
    static final int STORE_SECOND = 1 << 11;
    /** A read-modify-write of one operand. */
    static final int MODIFY = 1 << 12;
    /** Reads or writes more registers than are packed. */
    static final int MANY = 1 << 13;
    /** Asks for a line without waiting for it. */
    static final int PREFETCH = 1 << 14;
    /** The memory operand that is loaded is the second one of the instruction. */
    static final int LOAD_SECOND = 1 << 15;
    /** Is one operation on registers and nothing else; its data registers are all that it reads. */
    static final int PLAIN = 1 << 16;
    /** Is one load and nothing else. */
    static final int PLAIN_LOAD = 1 << 17;

    /** Is done at rename, and does nothing else. */
    static final int PLAIN_RENAME = 1 << 20;
    /** Multiplies to two registers, of which rdx has its half a cycle later. */
    static final int HIGH_HALF = 1 << 18;
    /** Some of the registers that it reads may be ready later than the others: {@link #lateRegisters}. */
    static final int LATE_OPERANDS = 1 << 19;
    /** Loads a vector register. */
    static final int TO_VECTOR = 1 << 21;
    /** Stores what no operation of its own made, by way of an ALU. */
    static final int STORE_DATA = 1 << 22;
    /** Asks for a port before its operand is ready, whatever makes it: a branch that is not fused. */
    static final int EAGER = 1 << 23;
    /** Does not, whatever makes it: what uses flags otherwise. */
    static final int PATIENT = 1 << 24;

    /** Name of a place that is known by its address, as it is counted from {@link #STACK_ORIGIN}; the lowest bit of no other name is set. */
    static final long SLOT = 1;
    /** Name of what is not renamed, but can be predicted. */
    static final long UNNAMED = Long.MIN_VALUE;
    /** Moves the stack pointer by an addition or subtraction. */
    static final int MOVES_STACK = 1 << 25;
    /** Has an address that takes an extra cycle, on a core where that keeps its generator from making others. */
    static final int LONG_ADDRESS = 1 << 26;

    /** Register numbers in a packed set. */
    static final int PACKED = 3;
    /** The place that the stack pointer is counted from: what moves it by a number that is not small, or by none, writes this. */
    static final int STACK_ORIGIN = Registers.COUNT;
    /** Number that stands for no register among those that are read: it is never written. */
    static final int NO_REGISTER = 63;
    /** The same among those that are written: it is never read. */
    static final int NO_RESULT = 62;

    /** The constants on which all this depends. */
    private static final List<Constant> CONSTANTS = List.of(Constant.L1D_LATENCY, Constant.COMPLEX_ADDRESS_EXTRA,
            Constant.SEGMENT_EXTRA, Constant.SIGN_EXTEND_EXTRA, Constant.VECTOR_LOAD_EXTRA, Constant.RENAME_NARROW,
            Constant.RENAME_STACK, Constant.RENAME_MEMORY, Constant.RENAME_KEEPS, Constant.RENAME_BITS, Constant.STACK_FOLLOWED,
            Constant.MOVE_ELIMINATION, Constant.ZERO_IDIOMS, Constant.FUSE_COMPARE, Constant.FUSE_ALU, Constant.FUSE_RIP,
            Constant.FUSE_DISP32_IMM32, Constant.FUSE_MEMORY_IMMEDIATE, Constant.FUSE_NOP, Constant.FUSE_MOVE,
            Constant.DISPATCH_WIDTH, Constant.FASTPATH_OPS, Constant.DISPATCH_ALU, Constant.DISPATCH_MEMORY,
            Constant.DISPATCH_BRANCHES, Constant.DISPATCH_MULTIPLIES, Constant.DISPATCH_DIVIDES, Constant.DISPATCH_NUMBERS,
            Constant.INT_SCHEDULER_QUEUES, Constant.SCHEDULER_ANY_PORT, Constant.AGU_SCHEDULER_ENTRIES, Constant.ALU_PORTS,
            Constant.CONDITION_PORTS, Constant.BRANCH_PORTS_SHARED, Constant.BRANCH_PORTS_OWN, Constant.MULTIPLY_PORTS,
            Constant.SHIFT_PORTS, Constant.SHIFTS_AT_BRANCHES,
            Constant.LOAD_PORTS, Constant.STORE_PORTS, Constant.STORE_DATA_ALU, Constant.AGU_PORTS, Constant.VECTOR_PORTS,
            Constant.VECTOR_BITS, Constant.VECTOR_LOADS, Constant.VECTOR_STORES, Constant.OP_CACHE_BY_INSTRUCTIONS, Constant.LONG_ADDRESS_HOLDS);

    /** What a serialising instruction's cost in the table contains besides its execution: the cycles of issue and retirement. */
    private static final int SERIAL_OVERHEAD = 2;
    private static final long GENERAL = (1L << Registers.R15 + 1) - 1;
    private static final long VECTORS = (1L << Registers.MASK) - (1L << Registers.VECTOR);

    /** What of a profile all this depends on: profiles of which it is equal have the same timing. */
    static List<Object> dependsOn(CoreProfile profile) {
        return List.of(CONSTANTS.stream().map(profile::get).toList(), profile.forms());
    }

    final int[] flags;
    final byte[] length;
    final byte[] ops;
    final int[] latency;
    final byte[] busy;
    final int[] ports;
    /** Ports that generate the address of its load or store. */
    final int[] addressPorts;
    /** What it takes of a dispatch group, as {@link DispatchGroup#use} counts. */
    final long[] group;
    /** Cycles, behind its first one, in which its macro-ops are dispatched. */
    final byte[] furtherCycles;
    /** Physical registers that it takes, as {@link InFlight} counts them. */
    final long[] registers;
    /** Registers that form addresses, packed by {@link #pack}. */
    final int[] addressRegisters;
    /** Registers read as data, packed. */
    final int[] dataRegisters;
    /** Registers, packed, from which the latency is shorter than {@link #latency}, and by how many cycles. */
    final int[] lateRegisters;
    final byte[] lateCycles;
    /** Registers written, packed. */
    final int[] results;
    /** Masks of the registers read as data and written, for the few instructions with more than {@link #PACKED} of them. */
    final long[] manyRead;
    final long[] manyWritten;
    final byte[] loadBytes;
    final byte[] storeBytes;
    final byte[] loadLatency;
    /** What memory renaming knows its load or store by: an address expression, {@link #SLOT}, {@link #UNNAMED}, or 0 for what is not predicted either. */
    final long[] name;
    /** Registers that a name is of, packed. */
    final int[] nameRegisters;
    /**
     * What the instructions behind a load take of its dispatch group, up to the first that writes a register of its name: nothing
     * if the load itself does, {@link DispatchGroup#NEVER} if there is none.
     */
    final long[] overwritten;
    final Flow[] flow;
    /** What each takes of an op cache entry ({@link OpCache#use}). */
    final int[] opCacheUse;
    private final boolean[] unknownInstruction;
    private final InstructionTiming[] each;

    /** Timing of code whose table entries were looked up by {@link InstructionTable#entries}. */
    CodeTiming(Code code, InstructionTable table, InstructionTable.Entry[] entries, CoreProfile profile) {
        int n = code.size();
        flags = new int[n];
        length = new byte[n];
        ops = new byte[n];
        latency = new int[n];
        busy = new byte[n];
        ports = new int[n];
        addressPorts = new int[n];
        group = new long[n];
        furtherCycles = new byte[n];
        registers = new long[n];
        addressRegisters = new int[n];
        dataRegisters = new int[n];
        lateRegisters = new int[n];
        lateCycles = new byte[n];
        results = new int[n];
        manyRead = new long[n];
        manyWritten = new long[n];
        loadBytes = new byte[n];
        storeBytes = new byte[n];
        loadLatency = new byte[n];
        name = new long[n];
        nameRegisters = new int[n];
        overwritten = new long[n];
        flow = new Flow[n];
        opCacheUse = new int[n];
        unknownInstruction = new boolean[n];
        each = new InstructionTiming[n];
        Ports layout = new Ports(profile);
        for (int i = 0; i < n; i++) {
            Instruction instruction = code.instruction(i);
            InstructionTable.Entry entry = table.entry(instruction, entries[i], profile.forms());
            if (!entry.known()) {
                unknownInstruction[i] = true;
            }
            describe(i, instruction, entry, profile, table, layout);
        }
        boolean[] branches = fuse(code, new Fusion(profile), layout);
        Schedulers schedulers = new Schedulers(profile);
        DispatchGroup groups = new DispatchGroup(profile);
        for (int i = 0; i < n; i++) {
            boolean operates = (flags[i] & OPERATE) != 0;
            InstructionTable.Port port = branches[i] ? InstructionTable.Port.BRANCH : entries[i].port();
            int numbers = numbers(code, i);
            group[i] = groups.use(ops[i], port, operates, (flags[i] & (LOAD | STORE)) != 0, numbers);
            furtherCycles[i] = (byte) groups.further(ops[i]);
            // An entry that holds instructions has a place for each, and a field for each number of whatever size.
            opCacheUse[i] = !profile.has(Constant.OP_CACHE_BY_INSTRUCTIONS) ? OpCache.use(code.instruction(i), ops[i])
                    : ops[i] == 0 ? 0 : OpCache.use(1, numbers);
        }
        for (int i = 0; i < n; i++) {
            overwritten[i] = profile.has(Constant.RENAME_KEEPS) ? DispatchGroup.NEVER : overwritten(code, i, groups);
            each[i] = new InstructionTiming(this, i, code.fallThrough(i), schedulers);
        }
    }

    private long overwritten(Code code, int load, DispatchGroup groups) {
        if ((flags[load] & LOAD) == 0 || name[load] <= 0 || name[load] == SLOT) {
            return DispatchGroup.NEVER;
        }
        long address = addressMask(code.instruction(load));
        long use = 0;
        int i = load;
        while (i >= 0 && groups.fits(use)) {
            if ((code.instruction(i).writes() & address) != 0) {
                return use;
            }
            boolean goesOn = flow[i] == Flow.NEXT || flow[i] == Flow.CONDITIONAL;
            i = goesOn ? code.successor(i) : -1;
            use += i < 0 ? 0 : group[i];
        }
        return DispatchGroup.NEVER;
    }

    /** Displacements, immediates and distances of jumps of an instruction and what is fused into it. */
    private int numbers(Code code, int i) {
        int next = code.successor(i);
        return OpCache.numbers(code.instruction(i)) + (next >= 0 && ops[next] == 0 ? OpCache.numbers(code.instruction(next)) : 0);
    }

    /** The instructions by number, each with all that replay needs of it. */
    InstructionTiming[] each() {
        return each;
    }

    /** Fuses pairs; returns which instructions do a branch with their own operation. */
    private boolean[] fuse(Code code, Fusion fusion, Ports layout) {
        boolean[] branches = new boolean[flags.length];
        boolean[] second = new boolean[flags.length];
        for (Code.Body body : code.bodies()) {
            for (int i : body.instructions()) {
                int next = code.successor(i);
                if (next < 0 || second[i]) {
                    continue;
                }
                Fusion.Kind kind = fusion.of(code.instruction(i), ops[i], code.instruction(next));
                if (kind == Fusion.Kind.MOVE && startsPair(code, fusion, next)) {
                    continue;
                }
                second[next] = kind != Fusion.Kind.NONE;
                switch (kind) {
                    case BRANCH -> {
                        flags[next] |= FUSED;
                        ports[i] = layout.mask(InstructionTable.Port.BRANCH);
                        branches[i] = true;
                        ops[next] = 0;
                        if ((flags[i] & ELIMINATED) != 0) {
                            // What only compares a register with itself waits for nothing, but the branch is an operation.
                            flags[i] = flags[i] & ~(ELIMINATED | PLAIN_RENAME) | OPERATE | PLAIN;
                        }
                    }
                    case NOP -> {
                        flags[next] |= FUSED;
                        ops[next] = 0;
                    }
                    case MOVE -> ops[next] = 0;
                    default -> {
                        // Stays apart.
                    }
                }
            }
        }
        return branches;
    }

    /** Whether an instruction makes a pair with the branch behind it, which comes before one with a move. */
    private boolean startsPair(Code code, Fusion fusion, int i) {
        int next = code.successor(i);
        return next >= 0 && fusion.of(code.instruction(i), ops[i], code.instruction(next)) == Fusion.Kind.BRANCH;
    }

    /** Whether an instruction is charged by default because no row of the table matches. */
    boolean isUnknown(int instruction) {
        return unknownInstruction[instruction];
    }

    private void describe(int i, Instruction x, InstructionTable.Entry entry, CoreProfile profile, InstructionTable table,
                          Ports layout) {
        length[i] = (byte) x.length();
        flow[i] = x.flow();
        ops[i] = (byte) Math.min(entry.ops(), 100);
        latency[i] = entry.latency();
        busy[i] = (byte) Math.min(entry.busy(), 100);
        ports[i] = layout.mask(entry.port());
        int f = x.flow().isBranch() ? BRANCH : 0;
        if (entry.port() == InstructionTable.Port.SERIAL) {
            f |= SERIAL;
            latency[i] = Math.max(1, entry.latency() - SERIAL_OVERHEAD);
        }
        if ((x.mnemonic().equals("mul") || x.mnemonic().equals("imul")) && (x.writes() & Registers.bit(Registers.RDX)) != 0
                && (x.writes() & Registers.bit(Registers.RAX)) != 0) {
            f |= HIGH_HALF;
        }
        if (x.repeated()) {
            f |= REPEATED;
        }
        f |= memory(i, x, profile);
        if (x.address0() != null && x.mnemonic().startsWith("prefetch") && (f & (LOAD | STORE)) == 0) {
            // What a made instruction accesses besides would need a second place in the queue.
            f |= PREFETCH;
        }
        long written = x.writes();
        if ((f & STACK) != 0) {
            // The stack engine renames rsp: it neither waits for the last push nor makes the next one wait.
            written &= ~Registers.bit(Registers.RSP);
        }
        long address = addressMask(x);
        long data = x.reads() & ~address | explicitReads(x);
        Renaming renaming = Renaming.of(x, profile);
        switch (renaming) {
            case ZERO -> {
                data = 0;
                f |= ELIMINATED;
            }
            case INDEPENDENT -> data &= Registers.bit(Registers.FLAGS);
            case MOVED -> {
                // The source of an lea is in its address.
                data |= address;
                f |= ELIMINATED;
            }
            default -> {
                // It waits for what it reads.
            }
        }
        boolean vector = isVector(x);
        if ((f & (LOAD | PREFETCH)) != 0) {
            addressPorts[i] = vector ? layout.vectorLoad : layout.load;
        } else if ((f & STORE) != 0) {
            addressPorts[i] = vector ? layout.vectorStore : layout.store;
        }
        if (vector) {
            busy[i] = (byte) Math.min(100, busy[i] * times(x, profile.get(Constant.VECTOR_BITS)));
        }
        if ((f & ELIMINATED) == 0) {
            registers[i] = InFlight.held(0, Long.bitCount(written & GENERAL), (int) (written >> Registers.FLAGS & 1),
                    Long.bitCount(written & VECTORS));
        }
        addressRegisters[i] = pack(address, NO_REGISTER);
        nameRegisters[i] = name[i] == SLOT ? pack(Registers.bit(STACK_ORIGIN), NO_REGISTER) : addressRegisters[i];
        dataRegisters[i] = pack(data, NO_REGISTER);
        if ((written & Registers.bit(Registers.RSP)) != 0 && (x.mnemonic().equals("add") || x.mnemonic().equals("sub"))) {
            f |= MOVES_STACK;
        }
        if (movesOrigin(x, written, f, profile.get(Constant.STACK_FOLLOWED))) {
            written |= Registers.bit(STACK_ORIGIN);
        }
        results[i] = pack(written, NO_RESULT);
        if (Long.bitCount(data) > PACKED || Long.bitCount(written) > PACKED) {
            f |= MANY;
            manyRead[i] = data;
            manyWritten[i] = written;
        }
        if (x.locked() && (f & STORE) != 0) {
            f |= LOCKED;
            latency[i] = Math.max(1, table.lockedLatency(profile.forms()) - loadLatency[i]);
        }
        if (operates(x, f, entry)) {
            f |= OPERATE;
        }
        boolean made = (f & (OPERATE | BRANCH)) == OPERATE;
        if ((f & STORE) != 0 && !made && !vector && profile.has(Constant.STORE_DATA_ALU)) {
            f |= STORE_DATA;
            if ((f & OPERATE) == 0) {
                ports[i] = layout.alu;
            }
        }
        f |= lea(i, x, table, layout);
        if ((f & ~(BRANCH | MOVES_STACK)) == OPERATE && busy[i] <= 1 && Long.bitCount(data | address) <= PACKED) {
            f |= PLAIN;
            dataRegisters[i] = pack(data | address, NO_REGISTER);
        }
        if ((f & ~(LOAD_SECOND | STACK | LONG_ADDRESS)) == LOAD) {
            f |= PLAIN_LOAD;
        }
        if (f == ELIMINATED) {
            f |= PLAIN_RENAME;
        }
        if ((data & Registers.bit(Registers.FLAGS)) != 0) {
            f |= x.flow() == Flow.CONDITIONAL ? EAGER : PATIENT;
        }
        flags[i] |= f;
    }

    private int memory(int i, Instruction x, CoreProfile profile) {
        int f = 0;
        boolean nameable = false;
        for (int m = 0; m < Math.min(2, x.memory().size()); m++) {
            MemoryOperand operand = x.memory().get(m);
            if (profile.has(Constant.LONG_ADDRESS_HOLDS) && addressExtra(operand, profile) > 0) {
                f |= LONG_ADDRESS;
            }
            if (operand.read() && (f & LOAD) == 0) {
                f |= LOAD | (m == 1 ? LOAD_SECOND : 0);
                loadBytes[i] = (byte) Math.clamp(operand.bytes(), 1, 64);
                loadLatency[i] = (byte) (profile.get(Constant.L1D_LATENCY) + addressExtra(operand, profile)
                        + widthExtra(x, operand, profile));
                f |= toVector(x, operand) ? TO_VECTOR : 0;
            }
            if (operand.written() && (f & STORE) == 0) {
                f |= STORE | (m == 1 ? STORE_SECOND : 0) | (operand.read() ? MODIFY : 0);
                storeBytes[i] = (byte) Math.clamp(operand.bytes(), 1, 64);
            }
            if (operand.stack()) {
                f |= STACK;
            }
            boolean named = operand.ripRelative() || operand.base() >= 0 || operand.index() >= 0;
            if (named && !toVector(x, operand) && (operand.bytes() >= 4 || profile.has(Constant.RENAME_NARROW) && !extended(x, operand))) {
                nameable = true;
            }
            if (m == 0 || (f & STORE_SECOND) == 0) {
                name[i] = name(operand, profile);
            }
        }
        if (!nameable) {
            name[i] = 0;
        } else if ((f & STACK) != 0) {
            name[i] = profile.has(Constant.RENAME_STACK) ? SLOT : UNNAMED;
        }
        return f;
    }

    private static long name(MemoryOperand m, CoreProfile profile) {
        if (!profile.has(Constant.RENAME_MEMORY) || m.ripRelative()) {
            return UNNAMED;
        }
        if (m.base() == Registers.RSP && m.index() < 0) {
            return SLOT;
        }
        long displacement = m.displacement() & (1L << profile.get(Constant.RENAME_BITS)) - 1;
        return ((long) (m.base() + 1) << 8 | m.index() + 1) << 44 | (long) m.scale() << 36 | displacement << 1;
    }

    /** Whether an instruction leaves the stack pointer where it cannot be told from where it was. */
    private static boolean movesOrigin(Instruction x, long written, int f, int followed) {
        if ((written & Registers.bit(Registers.RSP)) == 0) {
            return x.mnemonic().equals("leave") || x.mnemonic().equals("enter");
        }
        return (f & MOVES_STACK) == 0 || Math.abs(x.immediate()) > followed || x.operands().stream().noneMatch(o -> o.kind() == Operand.Kind.IMMEDIATE);
    }

    private static long addressMask(Instruction x) {
        long mask = 0;
        for (int m = 0; m < Math.min(2, x.memory().size()); m++) {
            mask |= Registers.bit(x.memory().get(m).base()) | Registers.bit(x.memory().get(m).index());
        }
        if (x.address0() != null) {
            mask |= Registers.bit(x.address0().base()) | Registers.bit(x.address0().index());
        }
        return mask;
    }

    /** The lowest registers of a mask, one byte each; {@code none} fills up. */
    static int pack(long mask, int none) {
        int packed = 0;
        long left = mask;
        for (int k = 0; k < PACKED; k++) {
            int register = left == 0 ? none : Long.numberOfTrailingZeros(left);
            packed |= register << 8 * k;
            left &= left - 1;
        }
        return packed;
    }

    private static int addressExtra(MemoryOperand m, CoreProfile profile) {
        boolean complex = m.scale() > 1 || m.index() >= 0 && m.base() >= 0 && m.hasDisplacement();
        int complexExtra = complex ? profile.get(Constant.COMPLEX_ADDRESS_EXTRA) : 0;
        int segmentExtra = m.segment() != MemoryOperand.Segment.NONE ? profile.get(Constant.SEGMENT_EXTRA) : 0;
        return Math.max(complexExtra, segmentExtra);
    }

    private static int widthExtra(Instruction x, MemoryOperand m, CoreProfile profile) {
        if (toVector(x, m)) {
            return profile.get(Constant.VECTOR_LOAD_EXTRA);
        }
        boolean merges = x.mnemonic().equals("mov") && m.bytes() < 4;
        return merges || x.mnemonic().startsWith("movsx") ? profile.get(Constant.SIGN_EXTEND_EXTRA) : 0;
    }

    /** Whether a memory operand is loaded and filled up to the width of its register. */
    private static boolean extended(Instruction x, MemoryOperand m) {
        return m.read() && (x.mnemonic().startsWith("movzx") || x.mnemonic().startsWith("movsx"));
    }

    /** Whether a memory operand is loaded into, or stored from, a vector register. */
    private static boolean toVector(Instruction x, MemoryOperand m) {
        return m.bytes() > 8 || x.operands().stream().anyMatch(o -> o.kind() == Operand.Kind.REGISTER
                && o.register() >= Registers.VECTOR && o.register() < Registers.MASK);
    }

    /** Registers that an instruction reads as data although they also form its address, as in {@code add %rax,(%rax)}. */
    private static long explicitReads(Instruction x) {
        long mask = 0;
        for (Operand o : x.operands()) {
            if (o.kind() == Operand.Kind.REGISTER && o.read()) {
                mask |= Registers.bit(o.register());
            }
        }
        return mask;
    }

    private static boolean operates(Instruction x, int f, InstructionTable.Entry entry) {
        if ((f & ELIMINATED) != 0 || entry.port() == InstructionTable.Port.NONE
                || entry.port() == InstructionTable.Port.LOAD) {
            return false;
        }
        // The string instructions movsb to movsq, and the scalar moves of the same name, begin with mov as well.
        boolean string = entry.port() == InstructionTable.Port.STRING;
        boolean moves = !string && (x.mnemonic().startsWith("mov") && !x.mnemonic().equals("movbe") || x.mnemonic().startsWith("vmov"))
                || x.mnemonic().endsWith("lddqu") || x.mnemonic().startsWith("vbroadcast")
                || x.mnemonic().startsWith("vpbroadcast") && !x.mnemonic().endsWith("b") && !x.mnemonic().endsWith("w");
        return !(moves && (f & (LOAD | STORE)) != 0);
    }

    /** Whether vector registers are loaded, stored or computed with, and not only a part as wide as a general register. */
    private static boolean isVector(Instruction x) {
        return x.memory().isEmpty() ? x.operands().stream().anyMatch(o -> o.kind() == Operand.Kind.REGISTER
                && o.register() >= Registers.VECTOR && o.register() < Registers.MASK) : x.memory().getFirst().bytes() > 8;
    }

    /** How often an instruction's widest operand fills a pipe. */
    private static int times(Instruction x, int pipeBits) {
        int bits = x.operands().stream().mapToInt(Operand::bits).max().orElse(0);
        return Math.max(1, bits / pipeBits);
    }

    /**
     * Ports of an lea relative to the instruction pointer; macro-ops and latencies of one of base, index and displacement, and its operand
     * that may come later, if there is one.
     */
    private int lea(int i, Instruction x, InstructionTable table, Ports layout) {
        MemoryOperand m = x.address0();
        if (!x.mnemonic().equals("lea") || m == null) {
            return 0;
        }
        if (m.ripRelative()) {
            ports[i] = layout.mask(table.relativeLea());
        }
        if (m.base() < 0 || m.index() < 0 || !m.hasDisplacement()) {
            return 0;
        }
        InstructionTable.ThreePartLea timing = table.threePartLea();
        ops[i] = (byte) timing.ops();
        busy[i] = (byte) timing.busy();
        latency[i] = Math.max(timing.base(), timing.index());
        if (timing.base() == timing.index() || m.base() == m.index()) {
            return 0;
        }
        boolean lateIndex = timing.index() < timing.base();
        lateRegisters[i] = pack(Registers.bit(lateIndex ? m.index() : m.base()), NO_REGISTER);
        lateCycles[i] = (byte) Math.abs(timing.base() - timing.index());
        addressRegisters[i] = pack(Registers.bit(lateIndex ? m.base() : m.index()), NO_REGISTER);
        return LATE_OPERANDS;
    }
}
