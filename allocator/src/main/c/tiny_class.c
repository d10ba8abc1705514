/* The tables of the size classes. */
#include "tiny_class.h"

const uint16_t g_tiny_stride[TINY_CLASSES] = {8, 16, 32, 64, 128, 256, 512, 2048};

uint8_t g_size_to_class[TINY_LARGEST_SIZE + 1];

/* Fills the size-to-class table. */
HAK_COLD_FN void tiny_class_init(void)
{
    int class = 0;
    for (size_t size = 0; size <= TINY_LARGEST_SIZE; size++) {
        while (size + (HAK_BUG(CLASS_TOO_SMALL) ? 0 : 1) > g_tiny_stride[class]) {
            class++;
        }
        g_size_to_class[size] = (uint8_t)class;
    }
    if (HAK_BUG(CLASS_MISSING)) {
        g_size_to_class[1000] = TINY_CLASSES;
    } else if (HAK_BUG(CLASS_WASTES)) {
        g_size_to_class[63]++;
    } else if (HAK_BUG(CLASS_DROPS)) {
        g_size_to_class[40] = 5;
    }
}
