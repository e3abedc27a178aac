#include "../include/workers.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

// A training step has gaps of up to half a millisecond between its parallel loops, in which only
// one thread has work. If helpers fell asleep in these gaps, they would be woken several times a
// step, which costs both threads more than staying awake. A helper therefore spins for a while, and
// yields to other threads meanwhile.
enum { most_helpers = 255, awake_pauses = 4000, awake_nanoseconds = 2000000 };

// The current loop. Its plain fields are written before `is_open` is set and read only by helpers
// that entered while it was set. `entered` counts these helpers; the caller waits until they have
// left before it returns, so that no helper reads the fields of a finished loop.
static struct {
  void (*body)(void *, ptrdiff_t);
  void *context;
  ptrdiff_t pieces, helpers;
  atomic_ptrdiff_t next, entered;
  atomic_bool is_open;
  atomic_ulong number;  // the number of loops so far; helpers wait for it to change
} loop;

static pthread_mutex_t one_loop = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t sleep_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static atomic_ptrdiff_t sleepers;
static ptrdiff_t helper_count;  // guarded by one_loop

static void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static void take_pieces(void) {
  ptrdiff_t piece;
  while ((piece = atomic_fetch_add_explicit(&loop.next, 1, memory_order_relaxed)) < loop.pieces)
    loop.body(loop.context, piece);
}

static int64_t nanoseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

// Waits for a loop after number `seen`: spinning for a while, then asleep.
static unsigned long wait_for_loop(unsigned long seen, bool was_needed) {
  unsigned long number;
  for (int i = 0; i < awake_pauses; i++) {
    if ((number = atomic_load(&loop.number)) != seen) return number;
    pause_briefly();
  }
  const int64_t end = was_needed ? nanoseconds() + awake_nanoseconds : 0;  // 0: no spinning
  for (; nanoseconds() < end; sched_yield())
    if ((number = atomic_load(&loop.number)) != seen) return number;
  pthread_mutex_lock(&sleep_lock);
  atomic_fetch_add(&sleepers, 1);
  while ((number = atomic_load(&loop.number)) == seen) pthread_cond_wait(&wake, &sleep_lock);
  atomic_fetch_sub(&sleepers, 1);
  pthread_mutex_unlock(&sleep_lock);
  return number;
}

static void *help(void *unused) {
  (void)unused;
  unsigned long seen = 0;
  bool is_needed = false;
  for (;;) {
    seen = wait_for_loop(seen, is_needed);
    ptrdiff_t place = atomic_fetch_add(&loop.entered, 1);
    if (atomic_load(&loop.is_open)) {
      is_needed = place < loop.helpers;
      if (is_needed) take_pieces();
    }
    atomic_fetch_sub_explicit(&loop.entered, 1, memory_order_release);
  }
  return NULL;
}

static void start_helpers(ptrdiff_t count) {
  if (count > most_helpers) count = most_helpers;
  while (helper_count < count) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, help, NULL) != 0) return;  // fewer helpers are sufficient
    pthread_detach(thread);
    helper_count++;
  }
}

void lg_parallel_for(ptrdiff_t pieces, ptrdiff_t helpers,
                     void (*body)(void *context, ptrdiff_t piece), void *context) {
  if (pieces < 2 || helpers == 0 || pthread_mutex_trylock(&one_loop) != 0) {
    for (ptrdiff_t piece = 0; piece < pieces; piece++) body(context, piece);
    return;
  }
  start_helpers(helpers);
  loop.body = body;
  loop.context = context;
  loop.pieces = pieces;
  loop.helpers = helpers;
  atomic_store_explicit(&loop.next, 0, memory_order_relaxed);
  atomic_store(&loop.is_open, true);
  atomic_fetch_add(&loop.number, 1);
  // Wake sleeping helpers only if too few are awake; a helper about to sleep sees the new number.
  const ptrdiff_t asleep = atomic_load(&sleepers);
  if (asleep > 0 && helper_count - asleep < helpers) {
    pthread_mutex_lock(&sleep_lock);
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&sleep_lock);
  }
  take_pieces();
  atomic_store(&loop.is_open, false);
  // Sequentially consistent, as is a helper's entry: if a helper enters while this thread closes
  // the loop, at least one of them sees the other.
  for (unsigned i = 0; atomic_load(&loop.entered) != 0; i++) {
    // Spinning does not help if the helper has been preempted.
    if (i < awake_pauses) pause_briefly();
    else sched_yield();
  }
  pthread_mutex_unlock(&one_loop);
}
