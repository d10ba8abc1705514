/* What a thread's caches hold goes back to the slabs when the thread ends, and its slabs to other threads. */
#ifndef HAK_THREAD_EXIT_H
#define HAK_THREAD_EXIT_H

#include "options.h"

HAK_COLD_FN void thread_exit_init(void);

/*
 * Asks for the calling thread's caches and slabs to be handed back at its end; to be called before either is used. 0: that
 * has happened already, or cannot be arranged, so the thread must keep nothing.
 */
HAK_COLD_FN int thread_exit_register(void);

#endif
