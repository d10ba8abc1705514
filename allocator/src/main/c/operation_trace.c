/* Reading operation traces. All memory is mapped: the allocator under study is not called. */
#define _GNU_SOURCE
#include "operation_trace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "driver.h"

#define LARGEST_SIZE (UINT64_C(1) << 40)
#define LARGEST_ALIGNMENT (UINT64_C(1) << 30)

enum { FIRST_CAPACITY = 1 << 16, WORD_SHOWN = 32 };

static const char *const forms[] = {
    [OPERATION_MALLOC] = "TID: malloc ADDRESS SIZE",
    [OPERATION_CALLOC] = "TID: calloc ADDRESS COUNT SIZE",
    [OPERATION_MEMALIGN] = "TID: memalign ADDRESS ALIGNMENT SIZE",
    [OPERATION_REALLOC] = "TID: realloc NEW_ADDRESS OLD_ADDRESS SIZE",
    [OPERATION_FREE] = "TID: free ADDRESS",
};

static const char *const names[] = {
    [OPERATION_MALLOC] = "malloc",   [OPERATION_CALLOC] = "calloc", [OPERATION_MEMALIGN] = "memalign",
    [OPERATION_REALLOC] = "realloc", [OPERATION_FREE] = "free",
};

/* A run of characters without a space. */
struct word {
    const char *text;
    size_t length;
};

/* What is known of an address that occurred. */
struct address {
    uint64_t value; /* 0: an empty entry */
    uint64_t size;
    uint32_t slot; /* 0: not allocated at present */
    uint32_t line; /* of its allocation */
};

struct reader {
    const char *path;
    const char *at;
    const char *end; /* of the line */
    uint32_t line;
    const char *form;
    struct operation_trace trace;
    size_t capacity;
    struct address *addresses; /* open-addressed */
    size_t address_capacity;
    size_t address_count;
    uint32_t *free_slots;
    size_t free_slot_count;
};

__attribute__((noreturn, cold, format(printf, 2, 3))) static void fail(const struct reader *reader, const char *what, ...)
{
    char message[256];
    va_list arguments;
    va_start(arguments, what);
    vsnprintf(message, sizeof message, what, arguments);
    va_end(arguments);
    for (char *at = message; *at != '\0'; at++) {
        if (*at < ' ' || *at > '~') {
            *at = '?';
        }
    }
    fprintf(stderr, "%s:%" PRIu32 ": %s\n", reader->path, reader->line, message);
    exit(1);
}

/* The same memory with twice the capacity. */
static void *doubled(void *memory, size_t *capacity, size_t size)
{
    memory = mremap(memory, *capacity * size, *capacity * size * 2, MREMAP_MAYMOVE);
    if (memory == MAP_FAILED) {
        driver_fail_out_of_memory();
    }
    *capacity *= 2;
    return memory;
}

static int is_space(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

/* The next word of the line; empty at its end. */
static struct word next_word(struct reader *reader)
{
    while (reader->at != reader->end && is_space(*reader->at)) {
        reader->at++;
    }
    const char *from = reader->at;
    while (reader->at != reader->end && !is_space(*reader->at)) {
        reader->at++;
    }
    return (struct word){from, (size_t)(reader->at - from)};
}

static int shown(struct word word)
{
    return word.length < WORD_SHOWN ? (int)word.length : WORD_SHOWN;
}

static int is(struct word word, const char *text)
{
    return strlen(text) == word.length && memcmp(word.text, text, word.length) == 0;
}

static unsigned digit_of(char character)
{
    if (character >= '0' && character <= '9') {
        return (unsigned)(character - '0');
    }
    if (character >= 'a' && character <= 'f') {
        return (unsigned)(character - 'a') + 10;
    }
    return character >= 'A' && character <= 'F' ? (unsigned)(character - 'A') + 10 : UINT32_MAX;
}

/* Whether the word is a number of that base up to the most; sets it. */
static int is_number(struct word word, unsigned base, uint64_t most, uint64_t *number)
{
    if (base == 16 && word.length > 2 && word.text[0] == '0' && word.text[1] == 'x') {
        word = (struct word){word.text + 2, word.length - 2};
    }
    *number = 0;
    for (size_t i = 0; i < word.length; i++) {
        unsigned digit = digit_of(word.text[i]);
        if (digit >= base || __builtin_mul_overflow(*number, base, number) || __builtin_add_overflow(*number, digit, number)) {
            return 0;
        }
    }
    return word.length != 0 && *number <= most;
}

/* The next field of the line, a number from 0 to the most. */
static uint64_t field(struct reader *reader, const char *what, unsigned base, uint64_t most)
{
    struct word word = next_word(reader);
    uint64_t number;
    if (word.length == 0) {
        fail(reader, "%s is missing; the line must be '%s'", what, reader->form);
    }
    if (!is_number(word, base, most, &number)) {
        fail(reader, "%s '%.*s' is no %s number up to %" PRIu64 "; correct the line", what, shown(word), word.text,
             base == 16 ? "hexadecimal" : "decimal", most);
    }
    return number;
}

/* The times that may stand at the end: a start and an end, or the end alone when a thread ends. */
static void times(struct reader *reader, int count)
{
    uint64_t last = 0;
    for (int i = 0; i < count; i++) {
        struct word word = next_word(reader);
        uint64_t time;
        if (word.length == 0) {
            if (i != 0) {
                fail(reader, "the end time is missing; give both times or none");
            }
            return;
        }
        if (!is_number(word, 10, UINT64_MAX, &time) || time < last) {
            fail(reader, "'%.*s' at the end is no time in nanoseconds, or before the start; remove it or correct it", shown(word),
                 word.text);
        }
        last = time;
    }
    struct word word = next_word(reader);
    if (word.length != 0) {
        fail(reader, "unexpected '%.*s' at the end; the line must be '%s'", shown(word), word.text, reader->form);
    }
}

static struct address *find(struct address *addresses, size_t capacity, uint64_t value)
{
    size_t at = (value * UINT64_C(0x9E3779B97F4A7C15)) >> 20 & (capacity - 1);
    while (addresses[at].value != 0 && addresses[at].value != value) {
        at = (at + 1) & (capacity - 1);
    }
    return &addresses[at];
}

static void grow_addresses(struct reader *reader)
{
    size_t capacity = reader->address_capacity * 2;
    struct address *grown = driver_map(capacity, sizeof *grown);
    for (size_t i = 0; i < reader->address_capacity; i++) {
        if (reader->addresses[i].value != 0) {
            *find(grown, capacity, reader->addresses[i].value) = reader->addresses[i];
        }
    }
    munmap(reader->addresses, reader->address_capacity * sizeof *grown);
    reader->addresses = grown;
    reader->address_capacity = capacity;
}

static struct address *address_of(struct reader *reader, uint64_t value)
{
    if (reader->address_count * 2 >= reader->address_capacity) {
        grow_addresses(reader);
    }
    struct address *address = find(reader->addresses, reader->address_capacity, value);
    if (address->value == 0) {
        address->value = value;
        reader->address_count++;
    }
    return address;
}

static void add(struct reader *reader, struct operation operation)
{
    if (reader->trace.count == UINT32_MAX) {
        fail(reader, "too many operations; split the file");
    }
    if (reader->trace.count == reader->capacity) {
        reader->trace.operations = doubled(reader->trace.operations, &reader->capacity, sizeof operation);
    }
    reader->trace.operations[reader->trace.count++] = operation;
}

static uint32_t take_slot(struct reader *reader)
{
    return reader->free_slot_count != 0 ? reader->free_slots[--reader->free_slot_count] : reader->trace.slots++;
}

static struct address *live_address(struct reader *reader, uint64_t value, const char *verb)
{
    struct address *address = address_of(reader, value);
    if (address->slot == 0) {
        fail(reader, "%s of 0x%" PRIx64 ", which is not allocated here; record the program from its start", verb, value);
    }
    return address;
}

/* The address gets a block in the slot. */
static void occupy(struct reader *reader, uint64_t value, const char *verb, uint32_t slot, uint64_t size)
{
    if (value == 0) {
        fail(reader, "%s that returned 0x0; remove the line: a call that failed cannot be repeated", verb);
    }
    struct address *address = address_of(reader, value);
    if (address->slot != 0) {
        fail(reader, "%s returned 0x%" PRIx64 ", which is allocated since line %" PRIu32 "; the free between is missing", verb,
             value, address->line);
    }
    address->slot = slot;
    address->size = size;
    address->line = reader->line;
}

static void vacate(struct reader *reader, struct address *address)
{
    reader->free_slots[reader->free_slot_count++] = address->slot;
    address->slot = 0;
}

static void allocate(struct reader *reader, enum operation_verb verb, uint64_t address, uint64_t size, uint64_t extra)
{
    uint32_t slot = take_slot(reader);
    occupy(reader, address, names[verb], slot, verb == OPERATION_CALLOC ? size * extra : size);
    add(reader, (struct operation){.size = size, .extra = extra, .slot = slot, .verb = verb});
}

/* A realloc to a size of 0 frees the block where the program ran, or leaves an empty one; here the latter has one byte. */
static void reallocate(struct reader *reader, uint64_t address, uint64_t old, uint64_t size)
{
    uint64_t old_size = 0;
    uint32_t slot;
    if (old != 0) {
        struct address *before = live_address(reader, old, "realloc");
        old_size = before->size;
        slot = before->slot;
        if (address == 0 && size == 0) {
            vacate(reader, before);
            add(reader, (struct operation){.size = old_size, .slot = slot, .verb = OPERATION_FREE});
            return;
        }
        before->slot = 0;
    } else {
        slot = take_slot(reader);
    }
    size = size == 0 ? 1 : size;
    occupy(reader, address, "realloc", slot, size);
    add(reader, (struct operation){.size = size, .extra = old_size, .slot = slot, .verb = OPERATION_REALLOC});
}

static void release(struct reader *reader, uint64_t value)
{
    struct operation operation = {.verb = OPERATION_FREE};
    if (value != 0) {
        struct address *address = live_address(reader, value, "free");
        operation.size = address->size;
        operation.slot = address->slot;
        vacate(reader, address);
    }
    add(reader, operation);
}

static void read_operation(struct reader *reader, enum operation_verb verb)
{
    reader->form = forms[verb];
    uint64_t address = field(reader, "the address", 16, UINT64_MAX);
    uint64_t extra = 0;
    uint64_t size = 0;
    if (verb == OPERATION_CALLOC) {
        extra = field(reader, "the count", 10, LARGEST_SIZE);
    } else if (verb == OPERATION_MEMALIGN) {
        extra = field(reader, "the alignment", 10, LARGEST_ALIGNMENT);
        if (extra == 0 || (extra & (extra - 1)) != 0) {
            fail(reader, "the alignment %" PRIu64 " is no power of two; correct the line", extra);
        }
    } else if (verb == OPERATION_REALLOC) {
        extra = field(reader, "the old address", 16, UINT64_MAX);
    }
    if (verb != OPERATION_FREE) {
        size = field(reader, "the size", 10, LARGEST_SIZE);
    }
    times(reader, 2);
    uint64_t bytes;
    if (verb == OPERATION_CALLOC && (__builtin_mul_overflow(size, extra, &bytes) || bytes > LARGEST_SIZE)) {
        fail(reader, "calloc of %" PRIu64 " times %" PRIu64 " bytes is more than %" PRIu64 "; correct the line", extra, size,
             LARGEST_SIZE);
    }
    if (verb == OPERATION_REALLOC) {
        reallocate(reader, address, extra, size);
    } else if (verb == OPERATION_FREE) {
        release(reader, address);
    } else {
        allocate(reader, verb, address, size, extra);
    }
}

static void read_line(struct reader *reader)
{
    struct word thread = next_word(reader);
    if (thread.length == 0) {
        return;
    }
    uint64_t number;
    int colon = thread.text[thread.length - 1] == ':';
    if (!colon || !is_number((struct word){thread.text, thread.length - 1}, 10, INT32_MAX, &number)) {
        fail(reader, "'%.*s' is no thread number and colon; the line must be 'TID: OPERATION ADDRESS ...'", shown(thread),
             thread.text);
    }
    struct word verb = next_word(reader);
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (is(verb, names[i])) {
            read_operation(reader, (enum operation_verb)i);
            return;
        }
    }
    if (!is(verb, "thread_done")) {
        fail(reader, verb.length == 0 ? "the operation is missing%.*s; the line must be 'TID: OPERATION ADDRESS ...'"
                                      : "unknown operation '%.*s'; known are malloc, calloc, memalign, realloc, free, thread_done",
             shown(verb), verb.text);
    }
    reader->form = "TID: thread_done ADDRESS";
    field(reader, "the address", 16, UINT64_MAX);
    times(reader, 1);
}

__attribute__((noreturn)) static void fail_file(const char *path)
{
    fprintf(stderr, "%s: cannot read the operation trace: %s\n", path, strerror(errno));
    exit(1);
}

/* The file in mapped memory, whose size is the capacity. */
static char *read_text(const char *path, size_t *length, size_t *capacity)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        fail_file(path);
    }
    *length = 0;
    *capacity = FIRST_CAPACITY;
    char *text = driver_map(*capacity, 1);
    for (;;) {
        ssize_t got = read(file, text + *length, *capacity - *length);
        if (got < 0 && errno != EINTR) {
            fail_file(path);
        }
        if (got == 0) {
            close(file);
            return text;
        }
        *length += got > 0 ? (size_t)got : 0;
        if (*length == *capacity) {
            text = doubled(text, capacity, 1);
        }
    }
}

/* In the order of the slots, so that the same file always gives the same operations. */
static void free_leftovers(struct reader *reader)
{
    uint64_t *sizes = driver_map(reader->trace.slots, sizeof *sizes);
    uint8_t *live = driver_map(reader->trace.slots, 1);
    for (size_t i = 0; i < reader->address_capacity; i++) {
        uint32_t slot = reader->addresses[i].slot;
        live[slot] = slot != 0;
        sizes[slot] = reader->addresses[i].size;
    }
    for (uint32_t slot = 1; slot < reader->trace.slots; slot++) {
        if (live[slot]) {
            add(reader, (struct operation){.size = sizes[slot], .slot = slot, .verb = OPERATION_FREE});
        }
    }
    munmap(sizes, reader->trace.slots * sizeof *sizes);
    munmap(live, reader->trace.slots);
}

struct operation_trace operation_trace_read(const char *path)
{
    size_t length;
    size_t text_capacity;
    char *text = read_text(path, &length, &text_capacity);
    struct reader reader = {
        .path = path,
        .trace = {.operations = driver_map(FIRST_CAPACITY, sizeof(struct operation)), .slots = 1},
        .capacity = FIRST_CAPACITY,
        .addresses = driver_map(FIRST_CAPACITY, sizeof(struct address)),
        .address_capacity = FIRST_CAPACITY,
        /* No line is shorter than two characters for each slot that it can leave. */
        .free_slots = driver_map(length / 2 + 1, sizeof(uint32_t)),
    };
    for (const char *at = text; at < text + length; at = reader.end + 1) {
        const char *newline = memchr(at, '\n', (size_t)(text + length - at));
        reader.at = at;
        reader.end = newline != NULL ? newline : text + length;
        reader.line++;
        read_line(&reader);
    }
    munmap(text, text_capacity);
    munmap(reader.free_slots, (length / 2 + 1) * sizeof(uint32_t));
    if (reader.trace.count == 0) {
        fprintf(stderr, "%s: holds no operations; record one first\n", path);
        exit(1);
    }
    free_leftovers(&reader);
    munmap(reader.addresses, reader.address_capacity * sizeof(struct address));
    return reader.trace;
}
