/* What a thread's caches hold goes back to the slabs when the thread ends. */
#ifndef HAK_THREAD_EXIT_H
#define HAK_THREAD_EXIT_H

#include "options.h"

HAK_COLD_FN void thread_exit_init(void);

/* Asks for the calling thread's caches to be emptied at its end. Called whenever a cache starts to be used. */
HAK_COLD_FN void thread_exit_register(void);

#endif
