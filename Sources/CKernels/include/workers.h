// A few threads that wait for loops to share, for loops of some ten microseconds and more.
#pragma once

#include <stddef.h>

// Calls body(context, piece) once for each piece of 0..<pieces, on this thread and at most
// `helpers` others, and returns when all calls have. Threads take the pieces in turn.
//
// A helper that the last loop had a place for waits awake for some two milliseconds, so that the
// next loop starts within a microsecond; then it sleeps. Where another loop runs, be it around this
// one or on another thread, all pieces run here.
void lg_share(
  size_t pieces, size_t helpers, void (*body)(void *context, size_t piece), void *context);
