/* Counting by class, printed when the process ends; and the route log. */
#include "stats.h"

#include <stdint.h>
#include <unistd.h>

#include "gates.h"

_Atomic unsigned long g_stats[STATS_COUNTERS][TINY_CLASSES];

static void print(const char *text)
{
    size_t length = 0;
    while (text[length] != '\0') {
        length++;
    }
    ssize_t written = write(STDERR_FILENO, text, length);
    (void)written;
}

static void print_count(unsigned long value)
{
    char digits[24];
    size_t at = sizeof digits - 1;
    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    print(&digits[at]);
}

static void print_counts(const char *title, _Atomic unsigned long *counts)
{
    unsigned long total = 0;
    for (int class = 0; class < TINY_CLASSES; class++) {
        total += counts[class];
    }
    if (total == 0) {
        return;
    }
    print(title);
    for (int class = 0; class < TINY_CLASSES; class++) {
        print(" ");
        print_count(counts[class]);
    }
    print("\n");
}

HAK_COLD_FN void stats_count(enum stats_counter counter, int class)
{
    atomic_fetch_add_explicit(&g_stats[counter][class], 1, memory_order_relaxed);
}

HAK_COLD_FN void stats_trace_free(const void *pointer)
{
    char line[] = "hakmem: free 0x0000000000000000\n";
    char *last = &line[sizeof line - 3];
    for (int digit = 0; digit < 16; digit++) {
        last[-digit] = "0123456789abcdef"[((uintptr_t)pointer >> (4 * digit)) & 15];
    }
    print(line);
}

__attribute__((destructor)) static void stats_print(void)
{
    print_counts("hakmem: allocations through the gate by class:", g_stats[STATS_GATE]);
    print_counts("hakmem: frees through the hot path by class:", g_stats[STATS_FREE_PATH]);
    print_counts("hakmem: tiny allocations by class:", g_stats[STATS_ALLOC]);
    print_counts("hakmem: tiny frees by class:", g_stats[STATS_FREE]);
}

HAK_COLD_FN void stats_log_c7_route(int class)
{
    if (class == TINY_C7) {
        rel_route_logged = 0;
        print(tiny_c7_ultra_enabled_env() ? "hakmem: C7 takes route ULTRA\n" : "hakmem: C7 takes route LEGACY\n");
    }
}
