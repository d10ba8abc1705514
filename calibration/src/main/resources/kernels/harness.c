/*
 * Runs one kernel, natively to time it, or once with marks to be recorded. Needs no C library: the program stays small, and
 * a recording holds nothing but the kernel.
 *
 *   program time SIZE SLICES TICKS BESIDE
 *                                        prints ticks of SLICES pairs of runs, the first of each at least TICKS long; before each
 *                                        it waits a while for independent instructions to take at most BESIDE ticks
 *   program record SIZE WARM COUNTED     runs WARM iterations, then COUNTED ones between the marks
 *   program count SIZE WARM COUNTED      the same on data that was touched before, for counters to count
 *
 * SIZE is small or large: which of the kernel's two functions runs.
 */
#include <asm/prctl.h>
#include <asm/unistd.h>
#include <linux/mman.h>
#include <stdint.h>

enum { CONTENT_ZERO, CONTENT_RANDOM, CONTENT_RING, CONTENT_PAGED_RING };
enum { PAGE = 4096, HUGE_PAGE = 2 << 20, REFERENCE_CYCLES = 30000, REFERENCE_UNROLLED = 100, PROBES = 9, TRIALS = 3 };
enum { INDEPENDENT_UNROLLED = 120, INDEPENDENT_ROUNDS = 100, LONGEST_WAIT = 4000000 };
enum { TLS_BYTES = 512, DIGITS = 20, STANDARD_OUTPUT = 1, STANDARD_ERROR = 2 };
enum { READ_WRITE = 3, HUGE = 14, NO_HUGE = 15 };

struct data {
    uint64_t content;
    uint64_t bytes;
    uint64_t stride;
    uint64_t huge;
};

struct kernel {
    void (*run)(uint64_t iterations, void *data);
    const struct data *data;
};

extern void kernel_small(uint64_t iterations, void *data);
extern void kernel_large(uint64_t iterations, void *data);
extern const struct data kernel_small_data;
extern const struct data kernel_large_data;

/* What kernels keep between runs: random bits, and the place in a ring. */
uint64_t kernel_state[2] = {0x9E3779B97F4A7C15u, 0};
_Thread_local uint64_t kernel_tls[TLS_BYTES / 8] __attribute__((aligned(64)));
/* The thread's static storage, which ends where the thread pointer points to itself. */
static uint64_t thread_block[TLS_BYTES / 8 + 8] __attribute__((aligned(64)));

/*
 * Marks: a recorder starts, counts and stops when these are entered. They share a line of code, so that the first call of the
 * second one, where counting begins, costs no miss.
 */
__asm__(".pushsection .text.marks,\"ax\",@progbits\n\t.p2align 6\n\t"
        ".irp mark, cyclecast_record_begin, cyclecast_count_begin, cyclecast_record_end\n\t"
        ".p2align 4\n\t.globl \\mark\n\t.type \\mark, @function\n\\mark:\tret\n\t.size \\mark, .-\\mark\n\t"
        ".endr\n\t.popsection");
void cyclecast_record_begin(void);
void cyclecast_count_begin(void);
void cyclecast_record_end(void);

static long call_system(long number, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

__attribute__((noreturn)) static void leave(int status)
{
    for (;;) {
        call_system(__NR_exit_group, status, 0, 0, 0, 0, 0);
    }
}

static void print(int file, const char *text, uint64_t length)
{
    while (length > 0) {
        long written = call_system(__NR_write, file, (long)text, (long)length, 0, 0, 0);
        if (written <= 0) {
            leave(1);
        }
        text += written;
        length -= (uint64_t)written;
    }
}

static void print_word(int file, const char *text)
{
    uint64_t length = 0;
    while (text[length] != 0) {
        length++;
    }
    print(file, text, length);
}

static void print_number(uint64_t value, const char *behind)
{
    char digits[DIGITS];
    int first = DIGITS;
    do {
        digits[--first] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    print(STANDARD_OUTPUT, digits + first, (uint64_t)(DIGITS - first));
    print_word(STANDARD_OUTPUT, behind);
}

__attribute__((noreturn)) static void fail(const char *what)
{
    print_word(STANDARD_ERROR, what);
    print_word(STANDARD_ERROR, "\n");
    leave(1);
}

static uint64_t number(const char *text)
{
    uint64_t value = 0;
    do {
        if (*text < '0' || *text > '9') {
            fail("usage: time SIZE SLICES TICKS | record|count SIZE WARM COUNTED");
        }
        value = 10 * value + (uint64_t)(*text - '0');
    } while (*++text != 0);
    return value;
}

static char *map(uint64_t bytes)
{
    long address = call_system(__NR_mmap, 0, (long)bytes, READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (address < 0 && address > -PAGE) {
        fail("no memory for the kernel's data");
    }
    return (char *)address;
}

static uint64_t random_bits(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Sattolo's shuffle: one cycle through all entries. */
static void shuffle(uint64_t *entry, uint64_t count, uint64_t *state)
{
    for (uint64_t i = count; i > 1; i--) {
        uint64_t k = random_bits(state) % (i - 1);
        uint64_t held = entry[i - 1];
        entry[i - 1] = entry[k];
        entry[k] = held;
    }
}

/* Links nodes a stride apart in random order: over all of the data, or page by page. */
static void link_ring(char *bytes, const struct data *data, uint64_t *state)
{
    uint64_t nodes = data->bytes / data->stride;
    uint64_t together = data->content == CONTENT_PAGED_RING ? PAGE / data->stride : nodes;
    uint64_t groups = nodes / together;
    uint64_t *group = (uint64_t *)map(groups * sizeof *group);
    uint64_t *inside = (uint64_t *)map(together * sizeof *inside);
    for (uint64_t g = 0; g < groups; g++) {
        group[g] = g;
    }
    shuffle(group, groups, state);
    char *first = 0;
    char *last = 0;
    for (uint64_t g = 0; g < groups; g++) {
        for (uint64_t n = 0; n < together; n++) {
            inside[n] = n;
        }
        shuffle(inside, together, state);
        for (uint64_t n = 0; n < together; n++) {
            char *node = bytes + (group[g] * together + inside[n]) * data->stride;
            if (last == 0) {
                first = node;
            } else {
                *(char **)last = node;
            }
            last = node;
        }
    }
    *(char **)last = first;
    kernel_state[1] = (uint64_t)first;
}

static char *prepare(const struct data *data, int touch)
{
    char *mapped = map(data->bytes + 2 * HUGE_PAGE);
    char *bytes = (char *)(((uint64_t)mapped + HUGE_PAGE - 1) & ~(uint64_t)(HUGE_PAGE - 1));
    call_system(__NR_madvise, (long)bytes, (long)data->bytes, data->huge ? HUGE : NO_HUGE, 0, 0, 0);
    /* A page that was only read is the kernel's one page of zeros. */
    for (uint64_t i = 0; touch && i < data->bytes; i += PAGE) {
        *(volatile char *)(bytes + i) = 0;
    }
    uint64_t state = 0x2545F4914F6CDD1Du;
    kernel_state[1] = (uint64_t)bytes;
    if (data->content == CONTENT_RANDOM) {
        for (uint64_t i = 0; i < data->bytes; i++) {
            bytes[i] = (char)(random_bits(&state) >> 33 & 1);
        }
    } else if (data->content != CONTENT_ZERO) {
        link_ring(bytes, data, &state);
    }
    return bytes;
}

static uint64_t ticks(unsigned *cpu)
{
    uint32_t low;
    uint32_t high;
    uint32_t auxiliary;
    __asm__ volatile("rdtscp\n\tlfence" : "=a"(low), "=d"(high), "=c"(auxiliary) : : "memory");
    *cpu = auxiliary & 0xFFF;
    return (uint64_t)high << 32 | low;
}

/* A chain of dependent additions, each of one cycle on every core in question. */
static uint64_t reference(uint64_t cycles)
{
    unsigned cpu;
    uint64_t rounds = cycles / REFERENCE_UNROLLED;
    uint64_t sum = 0;
    uint64_t start = ticks(&cpu);
    __asm__ volatile(".p2align 6\n1:\n\t.rept %c3\n\tadd %2, %0\n\t.endr\n\tdec %1\n\tjnz 1b"
                     : "+r"(sum), "+r"(rounds)
                     : "r"((uint64_t)3), "i"(REFERENCE_UNROLLED)
                     : "cc");
    return ticks(&cpu) - start;
}

/*
 * Instructions that wait for nothing, as many as a core takes each cycle: they take longer, where a chain does not, while
 * another thread runs on the same core, which no one tells the guest of a hypervisor. Within one page: across two, they take
 * longer in one program than in another.
 */
static uint64_t independent(void)
{
    unsigned cpu;
    uint64_t rounds = INDEPENDENT_ROUNDS;
    uint64_t start = ticks(&cpu);
    __asm__ volatile(".p2align 9\n1:\n\t.rept %c1\n\tnopl 0(%%rax)\n\t.endr\n\tdec %0\n\tjnz 1b"
                     : "+r"(rounds)
                     : "i"(INDEPENDENT_UNROLLED)
                     : "cc");
    return ticks(&cpu) - start;
}

static uint64_t greater(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Waits, not for ever, until nobody else runs on this core. */
static void await_core(uint64_t most)
{
    unsigned cpu;
    uint64_t start = ticks(&cpu);
    while (independent() > most && ticks(&cpu) - start < LONGEST_WAIT) {
    }
}

static uint64_t run(const struct kernel *kernel, uint64_t iterations, char *data, unsigned *first, unsigned *last)
{
    uint64_t start = ticks(first);
    kernel->run(iterations, data);
    return ticks(last) - start;
}

static void time_slices(const struct kernel *kernel, char *data, uint64_t slices, uint64_t least, uint64_t most_beside)
{
    unsigned cpu[4];
    uint64_t overhead = UINT64_MAX;
    for (int i = 0; i < PROBES; i++) {
        uint64_t one = reference(REFERENCE_UNROLLED);
        overhead = one < overhead ? one : overhead;
    }
    uint64_t iterations = 1;
    uint64_t shortest = 0;
    while (shortest < least) {
        iterations *= 2;
        shortest = UINT64_MAX;
        for (int i = 0; i < TRIALS; i++) {
            uint64_t once = run(kernel, iterations, data, &cpu[0], &cpu[1]);
            shortest = once < shortest ? once : shortest;
        }
    }
    print_word(STANDARD_OUTPUT, "iterations: ");
    print_number(iterations, "\nreference: ");
    print_number(REFERENCE_CYCLES, "\n");
    for (uint64_t s = 0; s < slices; s++) {
        await_core(most_beside);
        uint64_t before = reference(REFERENCE_CYCLES + REFERENCE_UNROLLED) - overhead;
        uint64_t ahead = independent();
        uint64_t once = run(kernel, iterations, data, &cpu[0], &cpu[1]);
        uint64_t beside_once = greater(ahead, independent());
        await_core(most_beside);
        uint64_t between = reference(REFERENCE_CYCLES + REFERENCE_UNROLLED) - overhead;
        ahead = independent();
        uint64_t twice = run(kernel, 2 * iterations, data, &cpu[2], &cpu[3]);
        uint64_t beside_twice = greater(ahead, independent());
        uint64_t after = reference(REFERENCE_CYCLES + REFERENCE_UNROLLED) - overhead;
        int moved = cpu[0] != cpu[1] || cpu[0] != cpu[2] || cpu[0] != cpu[3];
        print_word(STANDARD_OUTPUT, "slice: ");
        print_number(before, " ");
        print_number(once, " ");
        print_number(between, " ");
        print_number(twice, " ");
        print_number(after, " ");
        print_number((uint64_t)moved, " ");
        print_number(beside_once, " ");
        print_number(beside_twice, "\n");
    }
}

static void record(const struct kernel *kernel, char *data, uint64_t warm, uint64_t counted)
{
    cyclecast_record_begin();
    kernel->run(warm, data);
    /* Else a chain that begins anew would run beside what is left of the one before, and catch up while it is counted. */
    __asm__ volatile("lfence" : : : "memory");
    cyclecast_count_begin();
    kernel->run(counted, data);
    cyclecast_record_end();
}

__attribute__((noreturn, used)) static void begin(uint64_t *stack)
{
    thread_block[TLS_BYTES / 8] = (uint64_t)&thread_block[TLS_BYTES / 8];
    call_system(__NR_arch_prctl, ARCH_SET_FS, (long)&thread_block[TLS_BYTES / 8], 0, 0, 0, 0);
    char **arguments = (char **)(stack + 1);
    if (stack[0] != (arguments[1] != 0 && arguments[1][0] == 't' ? 6 : 5)) {
        fail("usage: time SIZE SLICES TICKS BESIDE | record|count SIZE WARM COUNTED");
    }
    struct kernel kernel = {kernel_small, &kernel_small_data};
    if (arguments[2][0] == 'l') {
        kernel = (struct kernel){kernel_large, &kernel_large_data};
    }
    int timed = arguments[1][0] == 't';
    char *data = prepare(kernel.data, arguments[1][0] != 'r');
    if (timed) {
        /* Other bits in each process: a branch predictor remembers thousands of them from one process to the next. */
        unsigned cpu;
        kernel_state[0] ^= ticks(&cpu) << 1;
        time_slices(&kernel, data, number(arguments[3]), number(arguments[4]), number(arguments[5]));
    } else {
        record(&kernel, data, number(arguments[3]), number(arguments[4]));
    }
    leave(0);
}

__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall begin\n");
