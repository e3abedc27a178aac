/// How deep this thread is in releasing records of operations, each from within the release of another.
#pragma once

typedef struct {
  int depth;
  /// What is to be released when the outermost release has ended: a reference that the caller owns.
  void *pending;
} lg_releases;

/// This thread's state; zeros at first.
lg_releases *lg_releases_of_thread(void);
