/* A program that cannot be recorded, in the way that its argument says. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void *nothing(void *argument)
{
    return argument;
}

__attribute__((noipa)) void never_called(void)
{
    __asm__ volatile("");
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";
    if (strcmp(how, "thread") == 0) {
        pthread_t thread;
        pthread_create(&thread, NULL, nothing, NULL);
        pthread_join(thread, NULL);
    } else if (strcmp(how, "illegal") == 0) {
        __asm__ volatile("ud2");
    } else if (strcmp(how, "fault") == 0) {
        volatile int *volatile nowhere = NULL;
        *nowhere = 1;
    } else if (strcmp(how, "fork") == 0) {
        pid_t child = fork();
        if (child == 0) {
            free(malloc(10));
            _exit(0);
        }
        waitpid(child, NULL, 0);
    } else if (strcmp(how, "exec") == 0) {
        execl("/bin/true", "true", (char *) NULL);
    } else if (strcmp(how, "rewrite") == 0) {
        unsigned char *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        for (int i = 0; i < 2; i++) {
            memcpy(code, i == 0 ? "\xb8\x01\x00\x00\x00\xc3" : "\xb8\x02\x00\x00\x00\xc3", 6);
            ((int (*)(void)) (void *) code)();
        }
    }
    return 7;
}
