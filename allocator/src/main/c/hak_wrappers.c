/* The malloc family: hot boxes for malloc and free, cold ones for all the rest. */
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "env_snapshot.h"
#include "free_tiny_fast.h"
#include "large.h"
#include "slab.h"
#include "superslab.h"
#include "thread_exit.h"
#include "tiny_alloc_gate.h"
#include "tiny_route.h"

struct wrapper_env_cfg {
    int initialized;
    int wrap_shape;
};

struct wrapper_env_cfg g_wrapper_cfg;
int g_initialized;
int g_initializing;
int g_bench_fast;
size_t g_tiny_max_size;
_Thread_local int g_hakmem_lock_depth;

static pthread_mutex_t g_init_lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local int g_in_init;

HAK_SHAPE_FN size_t tiny_get_max_size(void);

HAK_COLD_FN void wrapper_env_init(void)
{
    int shape = hak_gate_init("HAKMEM_WRAP_SHAPE", 1);
    if (HAK_E2 && getenv("HAKMEM_TINY_PROFILE") != NULL) {
        shape = 0; /* the gates of E2 have their policy built in; malloc_cold's gate reads it */
    }
    g_wrapper_cfg.wrap_shape = shape;
    g_wrapper_cfg.initialized = 1;
}

HAK_INLINE const struct wrapper_env_cfg *wrapper_env_cfg(void)
{
    if (HAK_UNLIKELY(!g_wrapper_cfg.initialized)) {
        wrapper_env_init();
    }
    return &g_wrapper_cfg;
}

HAK_COLD_FN size_t tiny_max_size_init(void)
{
    const char *value = getenv("HAKMEM_TINY_MAX_SIZE");
    size_t size = value == NULL ? TINY_LARGEST_SIZE : strtoul(value, NULL, 10);
    g_tiny_max_size = size == 0 || size > TINY_LARGEST_SIZE ? TINY_LARGEST_SIZE : size;
    return g_tiny_max_size;
}

/* The largest request that the tiny front end takes. */
HAK_SHAPE_FN size_t tiny_get_max_size(void)
{
    size_t size = g_tiny_max_size;
    return HAK_LIKELY(size != 0) ? size : tiny_max_size_init();
}

/* Fills the tables and reads the settings of the process once. The thread that does so is served from the middle sizes meanwhile, the others wait. */
HAK_COLD_FN void hak_init(void)
{
    if (g_in_init) {
        return;
    }
    pthread_mutex_lock(&g_init_lock);
    if (!g_initialized) {
        g_in_init = 1;
        g_initializing = 1;
        tiny_class_init();
        tiny_route_init();
        tiny_front_v3_snapshot_init();
        wrapper_env_init();
        tiny_max_size_init();
        thread_exit_init();
        g_initializing = 0;
        atomic_thread_fence(memory_order_release);
        g_initialized = 1;
        g_in_init = 0;
    }
    pthread_mutex_unlock(&g_init_lock);
}

static void fork_prepare(void)
{
    pthread_mutex_lock(&g_init_lock);
    slab_lock_all();
    unified_cache_lock_all();
    large_lock_all();
}

static void fork_done_in_parent(void)
{
    large_unlock_all();
    unified_cache_unlock_all();
    slab_unlock_all();
    pthread_mutex_unlock(&g_init_lock);
}

static void fork_done_in_child(void)
{
    slab_abandon_others();
    fork_done_in_parent();
}

__attribute__((constructor)) static void hak_constructor(void)
{
    hak_init();
    pthread_atfork(fork_prepare, fork_done_in_parent, fork_done_in_child);
}

/* Everything but the first try of the hot box: initialisation, closed gates, sizes that are not tiny. */
HAK_COLD_FN void *malloc_cold(size_t size)
{
    if (!g_initialized) {
        hak_init();
    }
    void *pointer = NULL;
    if (g_initialized && front_gate_unified_enabled() && size <= tiny_get_max_size()) {
        pointer = tiny_alloc_gate_fast(size);
    }
    if (pointer == NULL) {
        pointer = large_alloc(size);
    }
    if (pointer == NULL) {
        errno = ENOMEM;
    }
    return pointer;
}

HAK_SHAPE_API void *malloc(size_t size)
{
    HAK_PLANT();
    const struct wrapper_env_cfg *config = wrapper_env_cfg();
    if (HAK_LIKELY(config->wrap_shape)) {
        g_hakmem_lock_depth++;
        if (HAK_LIKELY(!g_initializing) && HAK_LIKELY(g_initialized) && HAK_LIKELY(front_gate_unified_enabled())
            && HAK_LIKELY(size <= tiny_get_max_size())) {
            void *pointer = tiny_alloc(size);
            if (HAK_LIKELY(pointer != NULL)) {
                g_hakmem_lock_depth--;
                return pointer;
            }
        }
        g_hakmem_lock_depth--;
    }
    return malloc_cold(size);
}

/*
 * Class of the tiny block at pointer, or -1; dies, naming the call, if there is its header but no such block. Unlike the hot
 * path's test it also knows blocks at the start of a page.
 */
HAK_COLD_FN int tiny_class_of(const void *pointer, const char *call)
{
    const uint8_t *base = (const uint8_t *)pointer - 1;
    if (((uintptr_t)pointer & TINY_PAGE_MASK) == 0 && superslab_slab(base) == NULL) {
        return -1;
    }
    if (!tiny_header_is_live(*base)) {
        return -1;
    }
    int class = *base & 7;
    slab_check(base, class, call);
    return class;
}

/* Every free that the hot box did not finish. */
HAK_COLD_FN void free_cold(void *pointer)
{
    if (pointer == NULL) {
        return;
    }
    int class = tiny_class_of(pointer, "free");
    if (class < 0) {
        int saved = errno;
        large_free(pointer);
        errno = HAK_BUG(ERRNO) ? EINVAL : saved;
        return;
    }
    uint8_t *base = (uint8_t *)pointer - 1;
    if (class_stat_enabled()) {
        stats_count(STATS_FREE, class);
    }
    if (HAK_FREEMARKS) {
        *base = (uint8_t)(TINY_HEADER_FREED | class);
    }
    if (tiny_larson_fix_enabled() && slab_is_foreign(base)) {
        free_tiny_route_cold(base, class);
    } else if (class == TINY_C7 && tiny_c7_ultra_enabled_env()) {
        tiny_c7_ultra_free(base);
    } else {
        tiny_legacy_fallback_free_base(base, class);
    }
}

HAK_SHAPE_API void free(void *pointer)
{
    HAK_PLANT();
    if (HAK_UNLIKELY(g_bench_fast)) {
        free_cold(pointer);
        return;
    }
    if (HAK_UNLIKELY(pointer == NULL)) {
        return;
    }
    const struct wrapper_env_cfg *config = wrapper_env_cfg();
    if (HAK_LIKELY(config->wrap_shape)) {
        struct free_env env = free_env_fetch();
        if (HAK_UNLIKELY(free_env_trace(env))) {
            stats_trace_free(pointer);
        }
        if (HAK_LIKELY(free_env_front_gate(env)) && (!HAK_HOTCOLD || HAK_LIKELY(free_env_hotcold(env)))
            && HAK_USUALLY(free_tiny_fast_hot(pointer, env))) {
            return;
        }
    }
    free_cold(pointer);
}

HAK_API void *calloc(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) && !HAK_BUG(CALLOC_OVERFLOW)) {
        errno = ENOMEM;
        return NULL;
    }
    void *pointer = malloc(bytes);
    if (pointer != NULL && !large_is_zeroed(pointer) && !(HAK_BUG(CALLOC) && bytes >= 32 && bytes < 64)) {
        memset(pointer, 0, bytes + HAK_BUG(HEADER));
    }
    return pointer;
}

HAK_COLD_FN size_t usable_size(void *pointer, const char *call)
{
    int class = tiny_class_of(pointer, call);
    return class >= 0 ? tiny_usable_size(class) : large_usable_size(pointer, call);
}

HAK_API size_t malloc_usable_size(void *pointer)
{
    return pointer == NULL ? 0 : usable_size(pointer, "malloc_usable_size");
}

HAK_API void *realloc(void *pointer, size_t size)
{
    if (pointer == NULL) {
        return malloc(size);
    }
    if (size == 0) {
        free(pointer);
        return NULL;
    }
    int class = tiny_class_of(pointer, "realloc");
    if (class >= 0) {
        if (size <= tiny_usable_size(class) && (class == 0 || size > tiny_usable_size(class) / (HAK_BUG(REALLOC_MOVES) ? 2 : 4))) {
            return pointer;
        }
    } else {
        if (HAK_BUG(REALLOC_DIES) && size > SLAB_BYTES) {
            __builtin_trap();
        }
        void *resized = large_resize(pointer, size);
        if (resized != NULL) {
            return resized;
        }
    }
    size_t old = usable_size(pointer, "realloc");
    void *moved = malloc(size);
    if (moved != NULL) {
        memcpy(moved, pointer, (old < size ? old : size) - HAK_BUG(REALLOC));
        free(pointer);
    }
    return moved;
}

/* The middle path serves every alignment above that of the tiny blocks. */
HAK_COLD_FN void *aligned(size_t alignment, size_t size)
{
    if (alignment <= 16) {
        return malloc(size < 8 ? 8 : size); /* C0 alone is aligned to 8 only */
    }
    if (!g_initialized) {
        hak_init();
    }
    void *pointer = large_alloc_aligned(alignment, size);
    if (pointer == NULL) {
        errno = ENOMEM;
    }
    return pointer;
}

HAK_API void *aligned_alloc(size_t alignment, size_t size)
{
    if (alignment == 0 || (alignment & (alignment - 1)) != 0) {
        errno = EINVAL;
        return NULL;
    }
    return aligned(alignment, size);
}

HAK_API void *memalign(size_t alignment, size_t size)
{
    return aligned_alloc(alignment, size);
}

HAK_API int posix_memalign(void **result, size_t alignment, size_t size)
{
    if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) {
        return EINVAL;
    }
    int saved = errno;
    void *pointer = aligned(alignment, size);
    errno = saved;
    if (pointer == NULL) {
        return ENOMEM;
    }
    *result = pointer;
    return 0;
}

HAK_API void *valloc(size_t size)
{
    return aligned((size_t)sysconf(_SC_PAGESIZE), size);
}

HAK_API void *pvalloc(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    if (size > PTRDIFF_MAX - page) {
        errno = ENOMEM;
        return NULL;
    }
    return aligned(page, (size + page - 1) & ~(page - 1));
}
