/* Code that is hard to record: string instructions, instructions across a page end, wide accesses, faults. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static sigjmp_buf back;
static volatile uint64_t source[64], target[64];

static void on_fault(int signal)
{
    (void) signal;
    siglongjmp(back, 1);
}

__attribute__((noipa)) void cyclecast_record_begin(void)
{
    __asm__ volatile("");
}

__attribute__((noipa)) void cyclecast_count_begin(void)
{
    __asm__ volatile("");
}

__attribute__((noipa)) void cyclecast_record_end(void)
{
    __asm__ volatile("");
}

__attribute__((noipa)) static void copy(uint64_t bytes)
{
    const volatile void *from = source;
    volatile void *to = target;
    __asm__ volatile("rep movsb" : "+S"(from), "+D"(to), "+c"(bytes) : : "memory");
}

__attribute__((noipa)) static int compare(uint64_t bytes)
{
    const volatile void *a = source;
    const volatile void *b = target;
    int differs;
    __asm__ volatile("xor %%eax, %%eax\n repe cmpsb\n setne %%al" : "+S"(a), "+D"(b), "+c"(bytes), "=&a"(differs) : : "memory");
    return differs;
}

__attribute__((noipa)) static uint64_t find(uint64_t bytes)
{
    const volatile void *at = source;
    __asm__ volatile("mov $7, %%eax\n repne scasb" : "+D"(at), "+c"(bytes) : : "eax", "memory");
    return bytes;
}

/* A loop whose instructions lie across the end of a page: an 8-byte one of which 1 to 7 bytes are in the first page. */
__asm__(".pushsection .text.pages, \"ax\"\n"
        ".balign 4096\n .skip 4096 - 14\n"
        ".globl across_pages\n.type across_pages, @function\n"
        "across_pages:\n"
        "  mov $5, %ecx\n"
        "1: incl %edx\n"
        "  add %ecx, %edx\n"
        "  lea 0x1000(%rdx,%rcx,8), %rax\n"
        "  addl $0x12345678, target(%rip)\n"
        "  dec %ecx\n"
        "  jnz 1b\n"
        "  ret\n"
        ".size across_pages, . - across_pages\n"
        ".popsection");
void across_pages(void);

__attribute__((noipa, target("avx2"))) static void wide(void)
{
    __asm__ volatile("vmovdqu %1, %%ymm0\n vpaddd %%ymm0, %%ymm0, %%ymm1\n vmovdqu %%ymm1, %0\n"
                     "movdqu %1, %%xmm2\n movups %%xmm2, %0\n vzeroupper"
                     : "=m"(*(volatile char(*)[32]) target) : "m"(*(volatile char(*)[32]) source) : "xmm0", "xmm1", "xmm2");
}

__attribute__((noipa)) static int fault(volatile int *where)
{
    if (sigsetjmp(back, 1) == 0) {
        int a = source[1] & 0xff;
        return a + *where;
    }
    return -1;
}

/* Two loads in one block of which the first, the second, or none faults. */
__attribute__((noipa)) static int fault_late(volatile int *first, volatile int *second)
{
    if (sigsetjmp(back, 1) == 0) {
        int a, b;
        __asm__ volatile("mov (%2), %0\n add $3, %0\n mov (%3), %1\n add %1, %0\n"
                         : "=&r"(a), "=&r"(b) : "r"(first), "r"(second) : "memory");
        return a;
    }
    return -1;
}

int main(int argc, char **argv)
{
    (void) argv;
    signal(SIGSEGV, on_fault);
    for (int i = 0; i < 64; i++) {
        source[i] = (uint64_t) i * 0x0102030405060708;
    }
    void *nothing = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int value = argc;
    cyclecast_record_begin();
    int sum = 0;
    for (int i = 0; i < 4; i++) {
        copy((uint64_t) i * 3);
        sum += compare(32) + (int) find(64);
        across_pages();
        wide();
        sum += fault(nothing) + fault(&value);
        sum += fault_late(nothing, &value) + fault_late(&value, nothing) + fault_late(&value, &value);
        if (i == 1) {
            cyclecast_count_begin();
        }
    }
    cyclecast_record_end();
    printf("%d\n", sum);
    return 0;
}
