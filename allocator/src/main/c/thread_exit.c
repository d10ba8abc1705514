/* Emptying the caches of a thread that ends, by the destructor of a thread-specific key. */
#include "thread_exit.h"

#include <pthread.h>

#include "tiny_c7_ultra.h"
#include "unified_cache.h"

static pthread_key_t g_thread_exit_key;
static int g_thread_exit_ready;

static void flush_thread(void *unused)
{
    (void)unused;
    unified_cache_flush();
    tiny_c7_ultra_flush();
}

HAK_COLD_FN void thread_exit_init(void)
{
    g_thread_exit_ready = pthread_key_create(&g_thread_exit_key, flush_thread) == 0;
}

HAK_COLD_FN void thread_exit_register(void)
{
    /* The C library keeps the first 32 keys in the thread itself; beyond these it would call calloc, which is allowed. */
    if (g_thread_exit_ready) {
        pthread_setspecific(g_thread_exit_key, &g_thread_exit_ready);
    }
}
