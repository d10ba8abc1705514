/*
 * Realloc string: strings that grow by small appends. One operation is one call for a random string: malloc for its first
 * bytes, realloc for each append, free when it has reached its length. Each string has a pattern of its own: its ends are
 * checked at every append, the whole of it when it is freed.
 */
#include <stdlib.h>
#include <string.h>

#include "driver.h"

enum { APPEND_MOST = 32, PERIOD = 256 };

struct string {
    uint8_t *text;
    uint32_t length;
    uint32_t finished_length;
};

struct workload {
    struct string *strings;
    uint32_t count;
    uint32_t random;
    struct driver_sizes lengths;
    struct driver_calls calls;
    uint64_t checksum;
    struct pressure pressure;
};

const char driver_name[] = "realloc_string";
const char driver_usage[] = " [--sizes LOWEST:HIGHEST]";

static struct workload workload;
static void (*run_operations)(struct workload *, uint64_t);

/* What strings are made of: all bytes in an order of its own, repeated. A string starts at a place of its own. */
static uint8_t source[2 * PERIOD];

static inline const uint8_t *source_at(uint32_t slot, uint32_t at)
{
    return &source[(slot * 37 + at) % PERIOD];
}

static void check_all(const struct string *string, uint32_t slot)
{
    for (uint32_t at = 0; at < string->length; at += PERIOD) {
        uint32_t left = string->length - at;
        if (memcmp(string->text + at, source_at(slot, at), left < PERIOD ? left : PERIOD) != 0) {
            driver_fail_damaged(slot);
        }
    }
}

static inline void append(struct string *string, uint32_t slot, uint8_t *text, uint32_t bytes)
{
    if (__builtin_expect(text == NULL, 0)) {
        driver_fail_out_of_memory();
    }
    uint32_t from = string->length;
    if (from != 0 && __builtin_expect(text[0] != *source_at(slot, 0) || text[from - 1] != *source_at(slot, from - 1), 0)) {
        driver_fail_damaged(slot);
    }
    memcpy(text + from, source_at(slot, from), bytes);
    string->text = text;
    string->length = from + bytes;
}

static inline __attribute__((always_inline)) void run(struct workload *workload, uint64_t operations, int under_pressure)
{
    struct driver_calls *calls = &workload->calls;
    uint32_t random = workload->random;
    uint64_t checksum = workload->checksum;
    for (; operations != 0; operations--) {
        random = driver_random(random);
        uint32_t slot = random % workload->count;
        struct string *string = &workload->strings[slot];
        checksum = checksum * 31 + string->length;
        if (string->text != NULL && string->length >= string->finished_length) {
            check_all(string, slot);
            free(string->text);
            *string = (struct string){0};
            calls->frees++;
        } else {
            random = driver_random(random);
            uint32_t bytes = 1 + random % APPEND_MOST;
            if (string->text == NULL) {
                random = driver_random(random);
                string->finished_length = workload->lengths.smallest
                                          + (uint32_t)driver_size_above(&workload->lengths, random);
                append(string, slot, malloc(bytes), bytes);
                calls->mallocs++;
            } else {
                append(string, slot, realloc(string->text, string->length + bytes), bytes);
                calls->reallocs++;
            }
        }
        if (under_pressure) {
            pressure_step(&workload->pressure);
        }
    }
    workload->random = random;
    workload->checksum = checksum;
}

__attribute__((noipa)) static void run_quiet(struct workload *workload, uint64_t operations)
{
    run(workload, operations, 0);
}

__attribute__((noipa)) static void run_under_pressure(struct workload *workload, uint64_t operations)
{
    run(workload, operations, 1);
}

int driver_option(const char *name, char *value)
{
    if (strcmp(name, "--sizes") != 0) {
        return 0;
    }
    workload.lengths = driver_parse_sizes(value, 1);
    return 1;
}

void driver_prepare(const struct driver_arguments *arguments)
{
    if (workload.lengths.factor == 0) {
        workload.lengths = driver_sizes_between(16, 1039);
    }
    for (uint32_t i = 0; i < sizeof source; i++) {
        source[i] = (uint8_t)(i * 11 + 1);
    }
    workload.strings = driver_map(arguments->working_set, sizeof(struct string));
    workload.count = arguments->working_set;
    workload.random = arguments->seed;
    workload.pressure.groups = arguments->pressure_kib / PRESSURE_GROUP_KIB;
    run_operations = arguments->pressure_kib == 0 ? run_quiet : run_under_pressure;
}

void driver_run(uint64_t operations)
{
    run_operations(&workload, operations);
}

struct driver_calls driver_calls_made(void)
{
    return workload.calls;
}

uint64_t driver_finish(void)
{
    for (uint32_t slot = 0; slot < workload.count; slot++) {
        check_all(&workload.strings[slot], slot);
        free(workload.strings[slot].text);
    }
    return workload.checksum ^ workload.pressure.value;
}
