/*
 * Runs a program on one CPU and writes to standard error what the kernel counted meanwhile, and how fast the core's clock
 * was before and after. What the program writes, on either stream, goes to standard output.
 *
 * usage: watch_run CPU|- PROGRAM [ARGUMENT]...
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#define CHAIN_TURNS 100
#define ADDS_PER_TURN 64
#define STRING(x) #x
#define NUMBER(x) STRING(x)
#define CHAIN_REPETITIONS 100

static void fail(const char *what, const char *detail)
{
    fprintf(stderr, "error: %s %s: %s\n", what, detail, strerror(errno));
    exit(125);
}

/* Ticks of the time stamp counter per core cycle: a chain of dependent adds takes one cycle for each. */
static double ticks_per_cycle(void)
{
    uint64_t least = UINT64_MAX;
    for (int repetition = 0; repetition < CHAIN_REPETITIONS; repetition++) {
        uint64_t sum = 1;
        uint64_t addend = 3;
        _mm_lfence();
        uint64_t start = __rdtsc();
        _mm_lfence();
        for (int turn = 0; turn < CHAIN_TURNS; turn++) {
            __asm__ volatile(".rept " NUMBER(ADDS_PER_TURN) "\n\tadd %1, %0\n\t.endr" : "+r"(sum) : "r"(addend));
        }
        _mm_lfence();
        uint64_t ticks = __rdtsc() - start;
        least = ticks < least ? ticks : least;
    }
    return (double)least / (CHAIN_TURNS * ADDS_PER_TURN);
}

/* Seconds that the hypervisor has given to others, of one CPU or (-1) of all; 0 where the kernel does not say. */
static double stolen_seconds(int cpu)
{
    char label[16] = "cpu";
    if (cpu >= 0) {
        snprintf(label, sizeof label, "cpu%d", cpu);
    }
    FILE *file = fopen("/proc/stat", "r");
    if (file == NULL) {
        return 0;
    }
    char line[512];
    uint64_t stolen = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        char name[32];
        uint64_t ticks = 0;
        if (sscanf(line, "%31s %*u %*u %*u %*u %*u %*u %*u %" SCNu64, name, &ticks) == 2 && strcmp(name, label) == 0) {
            stolen = ticks;
            break;
        }
    }
    fclose(file);
    return (double)stolen / (double)sysconf(_SC_CLK_TCK);
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

static void pin(const char *text)
{
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(atoi(text), &cpus);
    if (sched_setaffinity(0, sizeof cpus, &cpus) != 0) {
        fail("cannot pin to CPU", text);
    }
}

/* In the child: becomes the program, and dies with its parent. */
static void become(char **command)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(STDOUT_FILENO, STDERR_FILENO);
    execv(command[0], command);
    fprintf(stderr, "cannot be run: %s\n", strerror(errno));
    _exit(127);
}

int main(int count, char **arguments)
{
    if (count < 3) {
        fputs("error: usage: watch_run CPU|- PROGRAM [ARGUMENT]...\n", stderr);
        return 125;
    }
    int cpu = -1;
    if (strcmp(arguments[1], "-") != 0) {
        pin(arguments[1]);
        cpu = atoi(arguments[1]);
    }
    /* What a session runs ends with it, however that ends. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    double clock_before = ticks_per_cycle();
    double stolen_before = stolen_seconds(cpu);
    double start = seconds_now();
    pid_t child = fork();
    if (child < 0) {
        fail("cannot start", arguments[2]);
    }
    if (child == 0) {
        become(arguments + 2);
    }
    int status;
    struct rusage usage;
    while (wait4(child, &status, 0, &usage) < 0) {
        if (errno != EINTR) {
            fail("cannot wait for", arguments[2]);
        }
    }
    double wall = seconds_now() - start;
    double stolen = stolen_seconds(cpu) - stolen_before;
    fprintf(stderr, "wall_seconds: %.9f\n", wall);
    fprintf(stderr, "user_seconds: %.6f\n", seconds_of(usage.ru_utime));
    fprintf(stderr, "system_seconds: %.6f\n", seconds_of(usage.ru_stime));
    fprintf(stderr, "minor_faults: %ld\n", usage.ru_minflt);
    fprintf(stderr, "major_faults: %ld\n", usage.ru_majflt);
    fprintf(stderr, "voluntary_switches: %ld\n", usage.ru_nvcsw);
    fprintf(stderr, "involuntary_switches: %ld\n", usage.ru_nivcsw);
    fprintf(stderr, "stolen_seconds: %.3f\n", stolen);
    fprintf(stderr, "ticks_per_cycle_before: %.5f\n", clock_before);
    fprintf(stderr, "ticks_per_cycle_after: %.5f\n", ticks_per_cycle());
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
