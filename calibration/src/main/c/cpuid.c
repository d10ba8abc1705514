/*
 * Prints what the CPU states of itself, for those leaves of cpuid that describe its TLBs: a line for each, of leaf, subleaf, eax,
 * ebx, ecx and edx in hexadecimal. Leaves that the CPU does not have are left out.
 */
#include <cpuid.h>
#include <stdio.h>

#define TRANSLATION 0x18u
#define FIRST_EXTENDED 0x80000000u

static unsigned print_leaf(unsigned leaf, unsigned subleaf)
{
    unsigned a;
    unsigned b;
    unsigned c;
    unsigned d;
    __cpuid_count(leaf, subleaf, a, b, c, d);
    printf("%x %x %x %x %x %x\n", leaf, subleaf, a, b, c, d);
    return a;
}

int main(void)
{
    if (__get_cpuid_max(0, NULL) >= TRANSLATION) {
        unsigned last = print_leaf(TRANSLATION, 0);
        for (unsigned subleaf = 1; subleaf <= last && subleaf < 64; subleaf++) {
            print_leaf(TRANSLATION, subleaf);
        }
    }
    for (unsigned leaf = FIRST_EXTENDED + 5; leaf <= FIRST_EXTENDED + 6; leaf++) {
        if (__get_cpuid_max(FIRST_EXTENDED, NULL) >= leaf) {
            print_leaf(leaf, 0);
        }
    }
    return 0;
}
