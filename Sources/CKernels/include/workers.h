// A small thread pool for parallel loops of about ten microseconds and more.
#pragma once

#include <stddef.h>

// Calls body(context, piece) once for each piece in 0..<pieces, on this thread and at most
// `helpers` others, and returns when all calls have returned. Threads take the pieces in order.
//
// A helper that took part in the last loop spins for about two milliseconds, so that the next loop
// starts within a microsecond; then it sleeps. If another loop is running, on another thread or
// around this call, all pieces run on this thread.
void lg_parallel_for(ptrdiff_t pieces, ptrdiff_t helpers,
                     void (*body)(void *context, ptrdiff_t piece), void *context);
