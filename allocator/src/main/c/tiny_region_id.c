/* Writing the header byte. */
#include "tiny_region_id.h"

#include <stddef.h>
#include <stdint.h>

#include "gates.h"
#include "tiny_class.h"

HAK_HEADER_FN void *tiny_region_id_write_header(void *base, int class)
{
    if (HAK_UNLIKELY(base == NULL)) {
        return NULL;
    }
    uint8_t header = (uint8_t)(TINY_HEADER_MAGIC | class);
    uint8_t *at = base;
    if (HAK_LIKELY(tiny_header_mode()) || *at != header) {
        *at = header;
    }
    return at + 1;
}
