#include "../include/releases.h"

LGReleases *lg_releases_of_thread(void) {
  static _Thread_local LGReleases releases;
  return &releases;
}
