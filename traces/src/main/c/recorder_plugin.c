/*
 * The recorder plug-in: turns what QEMU's user-mode emulator executes into a raw stream of 64-bit words on a Unix socket.
 *
 * Words (host byte order), by their top two bits:
 *   0  a block was entered: block number in the low 32 bits; with bit 61 set, one instruction alone was
 *      executed (mode=instruction), its index in the block in bits 32 to 40
 *   1  a data access: bit 61 store, bit 60 the loaded value follows in a word of its own,
 *      index of the instruction in its block in bits 48 to 56, address in the low 48 bits
 *   2  control: kind in bits 56 to 61, number of payload words in the low 32 bits, then the payload
 *
 * Of an instruction's accesses, the first load and the first store are reported (for cmps both loads). A repeated string
 * instruction is reported once, followed by its number of iterations. A block that is left before its end is followed
 * by the number of its instructions that never started; so is one whose last instruction crosses into the next page,
 * which the emulator translates twice but executes only as the first of the next block.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* What the plug-in uses of the plug-in interface, version 1, of QEMU 7.2. */
#define EXPORT __attribute__((visibility("default")))
typedef uint64_t qemu_plugin_id_t;
typedef uint32_t qemu_plugin_meminfo_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info;
enum { CB_NO_REGS = 0 };
enum { MEM_RW = 3 };
enum { INLINE_ADD_U64 = 0 };
typedef void (*simple_cb)(qemu_plugin_id_t id, unsigned int vcpu);
typedef void (*udata_cb)(qemu_plugin_id_t id, void *udata);
typedef void (*vcpu_udata_cb)(unsigned int vcpu, void *udata);
typedef void (*mem_cb)(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *udata);
typedef void (*tb_trans_cb)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
void qemu_plugin_register_vcpu_init_cb(qemu_plugin_id_t id, simple_cb cb);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, tb_trans_cb cb);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, vcpu_udata_cb cb, int flags, void *udata);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, vcpu_udata_cb cb, int flags, void *udata);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, int op, void *ptr, uint64_t imm);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn, mem_cb cb, int flags, int rw, void *udata);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, udata_cb cb, void *udata);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *insn);
unsigned int qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t info);
bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t info);
EXPORT int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv);

enum control {
    CONTROL_MAPS = 1,        /* address in new code, size, text of the process map; answered with addresses to watch */
    CONTROL_TRANSLATED = 2,  /* block, count, then per instruction: address, 15 bytes of code and its length in 2 words */
    CONTROL_BEGIN = 3,       /* block, index: the window opens in front of this instruction */
    CONTROL_END = 4,         /* block, index: the window closes in front of this instruction; or index 2^32-1: the program
                                ended; 2^32-2: behind the last instruction reported */
    CONTROL_ITERATIONS = 5,  /* iterations of the last string instruction */
    CONTROL_SHORT = 6,       /* how many instructions at the end of the last block never started */
    CONTROL_POINTER = 7,     /* value of the thread pointer */
    CONTROL_THREAD = 8,      /* the program starts a second thread */
    CONTROL_GUEST_BASE = 9,  /* the guest base is not 0 */
    CONTROL_EXIT = 10,       /* the program ended by itself */
};

enum { WATCH_BEGIN = 0, WATCH_END = 1, WATCHES = 64, RANGES = 1024, BUFFER_WORDS = 1 << 16 };
static const uint64_t ONE_INSTRUCTION = UINT64_C(1) << 61;
static const uint64_t ACCESS = UINT64_C(1) << 62;
static const uint64_t ACCESS_STORE = UINT64_C(1) << 61;
static const uint64_t ACCESS_VALUE = UINT64_C(1) << 60;
static const uint64_t CONTROL = UINT64_C(2) << 62;

struct block;
struct instruction {
    struct block *block;
    uint64_t address;
    uint32_t index;
    bool repeated; /* a string instruction under a rep prefix */
    bool compares; /* cmps: two loads */
    int32_t fs_displacement;
};
struct block {
    uint64_t number;
    uint64_t first; /* address of its first instruction */
    uint32_t count;
    struct instruction *repeated_last;
    struct instruction instructions[];
};

static struct {
    int fd;
    bool by_instruction;
    bool recording, opened, closed, disabled;
    bool thread_pointer_known;
    unsigned int cpus;
    uint64_t blocks;
    uint64_t started;  /* instructions that have started; added to by inline code */
    uint64_t expected; /* what `started` is when the last block ran to its end */
    bool expecting;
    const struct instruction *last; /* last instruction with an access in this block, and which */
    unsigned int seen;
    const struct instruction *repeating; /* string instruction under way */
    uint64_t iterations;
    size_t watches;
    struct { uint64_t address, kind; } watch[WATCHES];
    size_t ranges;
    struct { uint64_t start, end; } range[RANGES];
    size_t used;
    uint64_t buffer[BUFFER_WORDS];
} g = { .fd = -1 };

static void give_up(void)
{
    _exit(125);
}

static void flush(void)
{
    const char *p = (const char *) g.buffer;
    size_t left = g.used * sizeof g.buffer[0];
    while (left > 0) {
        ssize_t n = write(g.fd, p, left);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            give_up();
        }
        p += n;
        left -= (size_t) n;
    }
    g.used = 0;
}

static inline void put(uint64_t word)
{
    if (g.used == BUFFER_WORDS) {
        flush();
    }
    g.buffer[g.used++] = word;
}

static void put_control(enum control kind, size_t words)
{
    put(CONTROL | (uint64_t) kind << 56 | words);
}

static void put_bytes(const void *bytes, size_t size)
{
    const char *p = bytes;
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = 0;
        memcpy(&word, p + i, size - i < 8 ? size - i : 8);
        put(word);
    }
}

static uint64_t get(void)
{
    uint64_t word = 0;
    size_t have = 0;
    while (have < sizeof word) {
        ssize_t n = read(g.fd, (char *) &word + have, sizeof word - have);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            give_up();
        }
        have += (size_t) n;
    }
    return word;
}

/* Execution. */

static void finish_repeating(void)
{
    put_control(CONTROL_ITERATIONS, 1);
    put(g.iterations);
    g.repeating = NULL;
}

static void check_last_block(void)
{
    if (g.expecting && g.started != g.expected) {
        g.repeating = NULL;
        put_control(CONTROL_SHORT, 1);
        put(g.expected - g.started);
    }
}

static void block_entered(unsigned int vcpu, void *udata)
{
    (void) vcpu;
    const struct block *block = udata;
    if (!g.recording) {
        return;
    }
    check_last_block();
    g.expecting = true;
    g.expected = g.started + block->count;
    g.last = NULL;
    if (g.repeating != NULL) {
        if (block->first == g.repeating->address) {
            g.repeating = block->repeated_last;
            return;
        }
        finish_repeating();
    }
    put(block->number);
    g.repeating = block->repeated_last;
    g.iterations = 0;
}

static void instruction_executed(unsigned int vcpu, void *udata)
{
    (void) vcpu;
    const struct instruction *instruction = udata;
    if (!g.recording) {
        return;
    }
    g.last = NULL;
    if (g.repeating != NULL) {
        if (instruction->address == g.repeating->address) {
            g.repeating = instruction;
            return;
        }
        finish_repeating();
    }
    put(ONE_INSTRUCTION | (uint64_t) instruction->index << 32 | instruction->block->number);
    g.repeating = instruction->repeated ? instruction : NULL;
    g.iterations = 0;
}

static void accessed(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t address, void *udata)
{
    (void) vcpu;
    const struct instruction *instruction = udata;
    if (!g.recording) {
        return;
    }
    bool store = qemu_plugin_mem_is_store(info);
    unsigned int bit = store ? 2 : 1;
    if (instruction != g.last) {
        g.last = instruction;
        g.seen = 0;
        if (instruction->repeated) {
            g.iterations++;
        }
    } else if ((g.seen & bit) != 0) {
        if (!instruction->compares || (g.seen & 4) != 0) {
            return;
        }
        bit = 4;
    }
    g.seen |= bit;
    if (instruction->repeated && g.iterations > 1) {
        return;
    }
    uint64_t word = ACCESS | (uint64_t) instruction->index << 48 | (address & UINT64_C(0xffffffffffff));
    unsigned int shift = qemu_plugin_mem_size_shift(info);
    if (store) {
        put(word | ACCESS_STORE);
    } else if (shift > 2) {
        put(word);
    } else {
        uint32_t value = 0;
        memcpy(&value, (const void *) (uintptr_t) address, (size_t) 1 << shift);
        put(word | ACCESS_VALUE);
        put(value);
    }
}

static void thread_pointer_used(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t address, void *udata)
{
    (void) vcpu;
    (void) info;
    const struct instruction *instruction = udata;
    if (!g.thread_pointer_known && !g.disabled) {
        g.thread_pointer_known = true;
        put_control(CONTROL_POINTER, 1);
        put(address - (uint64_t) (int64_t) instruction->fs_displacement);
    }
}

static void window_begins(unsigned int vcpu, void *udata)
{
    (void) vcpu;
    const struct instruction *instruction = udata;
    if (g.opened || g.disabled) {
        return;
    }
    g.opened = true;
    g.recording = true;
    g.expecting = !g.by_instruction;
    g.expected = g.started + instruction->block->count - instruction->index;
    g.last = NULL;
    put_control(CONTROL_BEGIN, 2);
    put(instruction->block->number);
    put(g.by_instruction ? instruction->block->count : instruction->index);
    g.repeating = g.by_instruction ? NULL : instruction->block->repeated_last;
    g.iterations = 0;
}

static void close_window(const struct instruction *instruction)
{
    g.recording = false;
    g.closed = true;
    if (g.repeating != NULL && (g.by_instruction || instruction == NULL)) {
        finish_repeating();
    }
    g.repeating = NULL;
    put_control(CONTROL_END, 2);
    put(instruction == NULL ? 0 : instruction->block->number);
    put(instruction == NULL ? UINT32_MAX : g.by_instruction ? UINT32_MAX - 1 : instruction->index);
    flush();
}

static void window_ends(unsigned int vcpu, void *udata)
{
    (void) vcpu;
    if (g.recording && !g.disabled) {
        close_window(udata);
    }
}

/* Translation. */

static bool is_mapped(uint64_t address)
{
    for (size_t i = 0; i < g.ranges; i++) {
        if (address >= g.range[i].start && address < g.range[i].end) {
            return true;
        }
    }
    return false;
}

static void remember_range(const char *maps, uint64_t address)
{
    for (const char *line = maps; line != NULL && *line != 0; line = strchr(line, '\n')) {
        line += *line == '\n';
        char *next;
        uint64_t start = strtoull(line, &next, 16);
        uint64_t end = *next == '-' ? strtoull(next + 1, NULL, 16) : 0;
        if (address >= start && address < end && g.ranges < RANGES) {
            g.range[g.ranges].start = start;
            g.range[g.ranges++].end = end;
            return;
        }
    }
}

static void report_maps(uint64_t address)
{
    size_t size = 0, room = 1 << 16;
    char *text = malloc(room);
    int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (text == NULL || fd < 0) {
        give_up();
    }
    for (;;) {
        if (room - size < 4096 && (text = realloc(text, room *= 2)) == NULL) {
            give_up();
        }
        ssize_t n = read(fd, text + size, room - size - 1);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            break;
        }
        size += (size_t) n;
    }
    close(fd);
    text[size] = 0;
    put_control(CONTROL_MAPS, 2 + (size + 7) / 8);
    put(address);
    put(size);
    put_bytes(text, size);
    flush();
    remember_range(text, address);
    free(text);
    for (uint64_t n = get(); n > 0; n--) {
        uint64_t watched = get(), kind = get();
        if (g.watches < WATCHES) {
            g.watch[g.watches].address = watched;
            g.watch[g.watches++].kind = kind;
        }
    }
}

static bool is_prefix(unsigned char byte)
{
    return byte == 0x66 || byte == 0x67 || byte == 0xf2 || byte == 0xf3 || byte == 0xf0 || byte == 0x2e || byte == 0x36
        || byte == 0x3e || byte == 0x26 || byte == 0x64 || byte == 0x65 || (byte & 0xf0) == 0x40;
}

/* Finds string instructions, and accesses to fs: with a displacement only, by their bytes. */
static bool inspect(struct instruction *instruction, const unsigned char *code, size_t size)
{
    bool repeat = false, fs = false;
    size_t i = 0;
    for (; i < size && is_prefix(code[i]); i++) {
        repeat |= code[i] == 0xf2 || code[i] == 0xf3;
        fs |= code[i] == 0x64;
    }
    if (i == size) {
        return false;
    }
    unsigned char opcode = code[i];
    bool string = (opcode >= 0xa4 && opcode <= 0xa7) || (opcode >= 0xaa && opcode <= 0xaf)
        || (opcode >= 0x6c && opcode <= 0x6f);
    instruction->repeated = string && repeat;
    instruction->compares = opcode == 0xa6 || opcode == 0xa7;
    if (fs && i + 7 <= size && (opcode == 0x8b || opcode == 0x8a || opcode == 0x2b || opcode == 0x33 || opcode == 0x3b)
        && (code[i + 1] & 0xc7) == 0x04 && code[i + 2] == 0x25) {
        memcpy(&instruction->fs_displacement, code + i + 3, 4);
        return true;
    }
    return false;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    (void) id;
    if (g.disabled) {
        return;
    }
    size_t count = qemu_plugin_tb_n_insns(tb);
    struct block *block = calloc(1, sizeof *block + count * sizeof block->instructions[0]);
    if (block == NULL) {
        give_up();
    }
    struct qemu_plugin_insn *first = qemu_plugin_tb_get_insn(tb, 0);
    block->number = g.blocks++;
    block->first = qemu_plugin_insn_vaddr(first);
    block->count = (uint32_t) count;
    if ((uint64_t) (uintptr_t) qemu_plugin_insn_haddr(first) != block->first) {
        put_control(CONTROL_GUEST_BASE, 0);
        flush();
        give_up();
    }
    if (!is_mapped(block->first)) {
        report_maps(block->first);
    }
    put_control(CONTROL_TRANSLATED, 2 + 3 * count);
    put(block->number);
    put(count);
    if (!g.by_instruction) {
        qemu_plugin_register_vcpu_tb_exec_cb(tb, block_entered, CB_NO_REGS, block);
    }
    for (size_t i = 0; i < count; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        struct instruction *instruction = &block->instructions[i];
        size_t size = qemu_plugin_insn_size(insn);
        unsigned char code[16] = { 0 };
        size = size < 15 ? size : 15;
        memcpy(code, qemu_plugin_insn_data(insn), size);
        code[15] = (unsigned char) size;
        instruction->block = block;
        instruction->address = qemu_plugin_insn_vaddr(insn);
        instruction->index = (uint32_t) i;
        put(instruction->address);
        put_bytes(code, sizeof code);
        if (inspect(instruction, code, size) && !g.thread_pointer_known) {
            qemu_plugin_register_vcpu_mem_cb(insn, thread_pointer_used, CB_NO_REGS, MEM_RW, instruction);
        }
        for (size_t w = 0; w < g.watches; w++) {
            if (g.watch[w].address == instruction->address) {
                qemu_plugin_register_vcpu_insn_exec_cb(insn, g.watch[w].kind == WATCH_BEGIN ? window_begins : window_ends,
                                                       CB_NO_REGS, instruction);
            }
        }
        if (g.by_instruction) {
            qemu_plugin_register_vcpu_insn_exec_cb(insn, instruction_executed, CB_NO_REGS, instruction);
        } else {
            qemu_plugin_register_vcpu_insn_exec_inline(insn, INLINE_ADD_U64, &g.started, 1);
        }
        qemu_plugin_register_vcpu_mem_cb(insn, accessed, CB_NO_REGS, MEM_RW, instruction);
    }
    if (count > 0 && block->instructions[count - 1].repeated) {
        block->repeated_last = &block->instructions[count - 1];
    }
}

/* The process. */

static void cpu_created(qemu_plugin_id_t id, unsigned int vcpu)
{
    (void) id;
    (void) vcpu;
    if (++g.cpus > 1 && !g.disabled) {
        put_control(CONTROL_THREAD, 0);
        flush();
        give_up();
    }
}

static void program_ended(qemu_plugin_id_t id, void *udata)
{
    (void) id;
    (void) udata;
    if (g.disabled) {
        return;
    }
    if (g.recording) {
        close_window(NULL);
    }
    put_control(CONTROL_EXIT, 0);
    flush();
    g.disabled = true;
}

static void forked_child(void)
{
    g.disabled = true;
    g.recording = false;
    g.used = 0;
    close(g.fd);
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address.sun_path) {
        return -1;
    }
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *) &address, sizeof address) != 0) {
        return -1;
    }
    int high = fcntl(fd, F_DUPFD_CLOEXEC, 900); /* out of the way of the program's own descriptors */
    if (high >= 0) {
        close(fd);
        fd = high;
    }
    int size = 1 << 20;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    return fd;
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
    (void) info;
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "socket=", 7) == 0) {
            g.fd = connect_to(argv[i] + 7);
        } else if (strcmp(argv[i], "mode=instruction") == 0) {
            g.by_instruction = true;
        }
    }
    if (g.fd < 0) {
        fprintf(stderr, "recorder plug-in: cannot connect to its reader\n");
        return -1;
    }
    pthread_atfork(NULL, NULL, forked_child);
    qemu_plugin_register_vcpu_init_cb(id, cpu_created);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, program_ended, NULL);
    return 0;
}
