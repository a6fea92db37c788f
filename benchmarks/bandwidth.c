/* Memory bandwidth after McCalpin's STREAM: copy and triad on arrays far larger than the last cache.

   Arguments: elements of each array, threads, repetitions. Counts as STREAM does: bytes named in the code. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double *a, *b, *c;
static int64_t n;
static int kernel, threads;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

static void *part(void *argument) {
    int64_t t = (int64_t)(intptr_t)argument, first = n * t / threads, last = n * (t + 1) / threads;
    if (kernel == 0)
        for (int64_t i = first; i < last; i++) { a[i] = 1.0; b[i] = 2.0; c[i] = 3.0; }
    else if (kernel == 1)
        for (int64_t i = first; i < last; i++) c[i] = a[i];
    else
        for (int64_t i = first; i < last; i++) a[i] = b[i] + 3.0 * c[i];
    return NULL;
}

static double timed(int which) {
    pthread_t ids[64];
    kernel = which;
    double started = now();
    for (int64_t t = 1; t < threads; t++) pthread_create(&ids[t], NULL, part, (void *)(intptr_t)t);
    part(0);
    for (int t = 1; t < threads; t++) pthread_join(ids[t], NULL);
    return now() - started;
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    n = atoll(argv[1]);
    threads = atoi(argv[2]);
    if (threads < 1 || threads > 64) return 2;
    a = malloc(n * sizeof *a);
    b = malloc(n * sizeof *b);
    c = malloc(n * sizeof *c);
    if (!a || !b || !c) return 1;
    timed(0);
    double copy = 1e9, triad = 1e9;
    for (int r = 0; r < atoi(argv[3]); r++) {
        double seconds = timed(1);
        if (seconds < copy) copy = seconds;
        seconds = timed(2);
        if (seconds < triad) triad = seconds;
    }
    printf("{\"copy\": %.0f, \"triad\": %.0f, \"check\": %g}\n", 16.0 * n / copy, 24.0 * n / triad, a[n / 2]);
    return 0;
}
