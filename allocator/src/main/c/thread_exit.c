/* Handing back what a thread holds when it ends, by the destructor of a thread-specific key. */
#include "thread_exit.h"

#include <pthread.h>

#include "slab.h"
#include "tiny_c7_ultra.h"
#include "unified_cache.h"

/* What a thread may keep: it was never asked; all it likes; nothing, because nobody would hand it back. */
enum keeping { KEEPING_UNASKED, KEEPING_ALL, KEEPING_NOTHING };

static pthread_key_t g_thread_exit_key;
static int g_thread_exit_ready;
static _Thread_local enum keeping g_thread_keeping;

/* Destructors may run after this one, and the C library frees after them all: from here on every block goes to its slab. */
static void thread_exit(void *unused)
{
    (void)unused;
    g_thread_keeping = KEEPING_NOTHING;
    unified_cache_flush();
    tiny_c7_ultra_flush();
    slab_abandon_all();
}

HAK_COLD_FN void thread_exit_init(void)
{
    g_thread_exit_ready = pthread_key_create(&g_thread_exit_key, thread_exit) == 0;
}

HAK_COLD_FN int thread_exit_register(void)
{
    if (g_thread_keeping == KEEPING_UNASKED) {
        /* From its 33rd key on the C library calls calloc here: that call is to keep nothing, rather than to come here again. */
        g_thread_keeping = KEEPING_NOTHING;
        if (g_thread_exit_ready && pthread_setspecific(g_thread_exit_key, &g_thread_exit_ready) == 0) {
            g_thread_keeping = KEEPING_ALL;
        }
    }
    return g_thread_keeping == KEEPING_ALL;
}
