/* The counters of the statistics: what they look like. */
#ifndef HAK_STATS_COUNTERS_H
#define HAK_STATS_COUNTERS_H

#include <stdatomic.h>

#include "tiny_class.h"

/* What is counted, by class. */
enum stats_counter { STATS_GATE, STATS_FREE_PATH, STATS_ALLOC, STATS_FREE, STATS_COUNTERS };

extern _Atomic unsigned long g_stats[STATS_COUNTERS][TINY_CLASSES];

#endif
