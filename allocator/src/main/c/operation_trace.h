/* Operation traces in the text form of Android's record_allocs: the calls of one run of a program, one line each. */
#ifndef HAK_OPERATION_TRACE_H
#define HAK_OPERATION_TRACE_H

#include <stddef.h>
#include <stdint.h>

enum operation_verb { OPERATION_MALLOC, OPERATION_CALLOC, OPERATION_MEMALIGN, OPERATION_REALLOC, OPERATION_FREE };

/* One call. Addresses have become slots; slot 0 stands for a null pointer and stays empty. */
struct operation {
    uint64_t size;  /* of the block; when freed, the size that it had */
    uint64_t extra; /* calloc: number of elements; memalign: alignment; realloc: size before */
    uint32_t slot;
    uint8_t verb;
};

struct operation_trace {
    struct operation *operations;
    size_t count;
    uint32_t slots;
};

/*
 * Reads a file. Frees of what the file leaves allocated are added at its end, so that the operations can be repeated. The
 * first mistake ends the program with one line that names the file and the line.
 */
struct operation_trace operation_trace_read(const char *path);

#endif
