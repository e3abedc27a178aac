#include "../include/releases.h"

lg_releases *lg_releases_of_thread(void) {
  static _Thread_local lg_releases releases;
  return &releases;
}
