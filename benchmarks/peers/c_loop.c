/* The small market as a plain loop in C, on records laid out like the project's, with its random numbers.

   Every number comes from the command line of the compiler (-DHOPE=0.8 ...) and the records Customer and
   Memory from a header written from the project's own, see c_loop.py. Customers do not meet each other, so
   each thread plays all months of its own customers. */
#include "records.h"

#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

typedef struct {
    double position, price, overpromise, pressure;
} Seller;

typedef struct {
    int64_t deals, revenue;
} Tally;

typedef struct {
    uint32_t word[4];
} Block;

typedef struct {
    int64_t first, last, needs, visits;
    Tally *tally;
} Part;

enum { NEWCOMER = 1, EVERY_MONTH = 0, APPROACH = 2, PITCH = 5, DELIVERY = 6, HIRED = 8, STRANGERS = 32 };

static Customer *customers;
static Account *accounts;
static Memory (*memories)[REMEMBERED];
static Seller *sellers;
static int64_t n_customers, n_sellers, n_months;
static uint64_t seed;

static inline Block philox(uint32_t month, uint64_t agent, uint32_t purpose) {
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    uint32_t c0 = (uint32_t)agent, c1 = month, c2 = purpose, c3 = (uint32_t)(agent >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return (Block){{c0, c1, c2, c3}};
}

static inline double unit(uint32_t word) { return (word + 0.5) * 0x1p-32; }

static inline double logistic(double x) { return 1.0 / (1.0 + exp(-x)); }

static inline double trust_in(double good, double bad) {
    return (good + PRIOR_WEIGHT * PRIOR) / (good + bad + PRIOR_WEIGHT);
}

static inline double surplus(double trust, double hope, double price) {
    return trust * hope + (1.0 - trust) * fmin(BETRAYED, hope) - price;
}

static inline double fit_of(double need, double position) {
    double d = fabs(need - position);
    d = fmin(d, 1.0 - d);
    return fmax(0.0, 1.0 - d / BREADTH);
}

static int slot_for_new(const Memory *memory) {
    int weakest = 0;
    for (int k = 0; k < REMEMBERED; k++) {
        if (memory[k].seller < 0) return k;
        float strength = memory[k].good + memory[k].bad, least = memory[weakest].good + memory[weakest].bad;
        if (strength < least || (strength == least && memory[k].last < memory[weakest].last)) weakest = k;
    }
    return weakest;
}

/* One customer with a need: whom they approach, whether they buy, what they remember. */
static void visit(Part *part, int64_t i, int month) {
    Customer *customer = &customers[i];
    Memory *memory = memories[i];
    int32_t who[REMEMBERED + REACH];
    int slot[REMEMBERED + REACH];
    double trust[REMEMBERED + REACH], weight[REMEMBERED + REACH];
    int n = 0;
    customer->last_need = month;
    for (int k = 0; k < REMEMBERED; k++) {
        if (memory[k].seller < 0) continue;
        who[n] = memory[k].seller;
        slot[n] = k;
        trust[n] = trust_in(memory[k].good, memory[k].bad);
        weight[n] = surplus(trust[n], memory[k].value, memory[k].price);
        n++;
    }
    Block met;
    for (int j = 0; j < REACH; j++) {
        if (j % 4 == 0) met = philox(month, i, STRANGERS + j / 4);
        int32_t s = (int32_t)(unit(met.word[j % 4]) * n_sellers);
        int known = 0;
        for (int k = 0; k < n; k++) known |= who[k] == s;
        if (known) continue;
        who[n] = s;
        slot[n] = -1;
        trust[n] = PRIOR;
        weight[n] = surplus(PRIOR, HOPE, EXPECTED_PRICE);
        n++;
    }
    double top = 0.0;
    for (int k = 0; k < n; k++) top = fmax(top, weight[k]);
    double total = exp(-top / TEMPERATURE);
    for (int k = 0; k < n; k++) total += weight[k] = exp((weight[k] - top) / TEMPERATURE);
    double u = unit(philox(month, i, APPROACH).word[3]) * total;
    int chosen = -1;
    for (int k = 0; k < n && chosen < 0; k++) {
        u -= weight[k];
        if (u < 0.0) chosen = k;
    }
    if (chosen < 0) return;
    part->visits++;

    const Seller *seller = &sellers[who[chosen]];
    double fit = fit_of(customer->need, seller->position);
    double claim = fit + seller->overpromise * (1.0 - fit);
    double fallback = slot[chosen] >= 0 ? memory[slot[chosen]].value : BETRAYED;
    double offer = trust[chosen] * claim + (1.0 - trust[chosen]) * fallback - seller->price
                   + PERSUASION * seller->pressure;
    if (unit(philox(month, i, PITCH).word[1]) >= logistic(offer / BUY_TEMPERATURE)) return;

    Block luck = philox(month, i, DELIVERY);
    double normal = sqrt(-2.0 * log(unit(luck.word[0]))) * cos(2.0 * M_PI * unit(luck.word[1]));
    double delivered = fmax(0.0, fit + QUALITY_NOISE * normal);
    double x = logistic((delivered - seller->price + CLAIM_WEIGHT * (delivered - claim)
                         - PRESSURE_WEIGHT * seller->pressure) / EXPERIENCE_TEMPERATURE);
    int64_t cents = (int64_t)(seller->price * customer->stake * 100.0 + 0.5);
    customer->deals++;
    accounts[i].spent += cents;
    accounts[i].surplus += (int64_t)(delivered * customer->stake * 100.0 + 0.5) - cents;
    part->tally[who[chosen]].deals++;
    part->tally[who[chosen]].revenue += cents;

    int k = slot[chosen];
    if (k < 0) {
        k = slot_for_new(memory);
        memory[k] = (Memory){.seller = who[chosen], .value = delivered, .price = seller->price};
    } else {
        memory[k].value += VALUE_RATE * (delivered - memory[k].value);
        memory[k].price += VALUE_RATE * (seller->price - memory[k].price);
    }
    memory[k].good = FORGETTING * memory[k].good + x;
    memory[k].bad = FORGETTING * memory[k].bad + NEGATIVITY * (1.0 - x);
    memory[k].last = month;
    memory[k].deals++;
}

static void *play(void *argument) {
    Part *part = argument;
    for (int month = 1; month <= n_months; month++)
        for (int64_t i = part->first; i < part->last; i++)
            if (unit(philox(month, i, EVERY_MONTH).word[1]) < NEED_PROBABILITY) {
                part->needs++;
                visit(part, i, month);
            }
    return NULL;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

/* Most memory ever held. Not ru_maxrss where it can be had otherwise: that begins with the parent's. */
static long long peak_bytes(void) {
    FILE *status = fopen("/proc/self/status", "r");
    long long kilobytes = 0;
    char line[256];
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmHWM: %lld", &kilobytes) == 1) break;
    if (status) fclose(status);
    if (kilobytes) return kilobytes * 1024;
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (long long)used.ru_maxrss * 1024;
}

static void lay_out(void) {
    customers = calloc(n_customers, sizeof *customers);
    accounts = calloc(n_customers, sizeof *accounts);
    memories = calloc(n_customers, sizeof *memories);
    sellers = calloc(n_sellers, sizeof *sellers);
    for (int64_t i = 0; i < n_customers; i++) {
        customers[i].stake = STAKE;
        customers[i].need = unit(philox(0, i, NEWCOMER).word[3]);
        for (int k = 0; k < REMEMBERED; k++) memories[i][k].seller = -1;
    }
    for (int64_t s = 0; s < n_sellers; s++) {
        int pushy = s >= n_sellers / 2;
        sellers[s].position = unit(philox(0, s, HIRED).word[1]);
        sellers[s].price = UNIT_COST * (1.0 + (pushy ? MARKUP_1 : MARKUP_0));
        sellers[s].overpromise = pushy ? OVERPROMISE_1 : OVERPROMISE_0;
        sellers[s].pressure = pushy ? PRESSURE_1 : PRESSURE_0;
    }
}

/* Arguments: customers, sellers, months, seed, threads. */
int main(int argc, char **argv) {
    if (argc != 6) return 2;
    n_customers = atoll(argv[1]);
    n_sellers = atoll(argv[2]);
    n_months = atoll(argv[3]);
    seed = strtoull(argv[4], NULL, 10);
    int threads = atoi(argv[5]);
    double started = now();
    lay_out();
    Part parts[threads];
    pthread_t ids[threads];
    for (int t = 0; t < threads; t++)
        parts[t] = (Part){n_customers * t / threads, n_customers * (t + 1) / threads, 0, 0,
                          calloc(n_sellers, sizeof(Tally))};
    double laid_out = now();
    clock_t before = clock();
    for (int t = 1; t < threads; t++) pthread_create(&ids[t], NULL, play, &parts[t]);
    play(&parts[0]);
    for (int t = 1; t < threads; t++) pthread_join(ids[t], NULL);
    double ended = now();
    double busy = (double)(clock() - before) / CLOCKS_PER_SEC;
    int64_t needs = 0, visits = 0, deals = 0, revenue = 0;
    for (int t = 0; t < threads; t++) {
        needs += parts[t].needs;
        visits += parts[t].visits;
        for (int64_t s = 0; s < n_sellers; s++) {
            deals += parts[t].tally[s].deals;
            revenue += parts[t].tally[s].revenue;
        }
    }
    printf("{\"needs\": %lld, \"visits\": %lld, \"deals\": %lld, \"revenue\": %.4f, \"seconds\": %.6f, "
           "\"cpu_seconds\": %.6f, \"setup_seconds\": %.6f, \"peak_bytes\": %lld}\n",
           (long long)needs, (long long)visits, (long long)deals, revenue / (100.0 * STAKE), ended - laid_out,
           busy, laid_out - started, peak_bytes());
    return 0;
}
