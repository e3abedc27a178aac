/// The nesting depth of this thread in releases of nodes, each from within the release of another.
#pragma once

typedef struct {
  int depth;
  /// References that are released when the outermost release has ended; the caller owns the object.
  void *pending;
} LGReleases;

/// The state of this thread; initially zero.
LGReleases *lg_releases_of_thread(void);
