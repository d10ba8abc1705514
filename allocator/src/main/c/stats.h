/* Statistics and the route log: asked for through the environment, off in every profile. */
#ifndef HAK_STATS_H
#define HAK_STATS_H

#include "options.h"
#include "stats_counters.h"

HAK_COLD_FN void stats_count(enum stats_counter counter, int class);

/* Writes one line per free to standard error. */
HAK_COLD_FN void stats_trace_free(const void *pointer);

/* Writes the route of the thread's first C7 allocation to standard error, and disarms itself. */
HAK_COLD_FN void stats_log_c7_route(int class);

#endif
