/* The allocation paths of the classes as functions. */
#include "malloc_tiny_fast.h"

#include "slab.h"

HAK_COLD_FN void *malloc_tiny_route_cold(int class)
{
    void *base = NULL;
    slab_take(class, &base, 1);
    return tiny_region_id_write_header(base, class);
}

HAK_SHAPE_FN void *malloc_tiny_fast_for_class(size_t size, int class)
{
    return malloc_tiny_fast_in_class(size, class);
}
