// Makes a system call for writing fail. Scripts/check-faults preloads it before the C library.
//
//   FAULT_PATH   a substring of the paths of the files that are concerned
//   FAULT_CALL   open, write, fsync, rename, close or mkdir
//   FAULT_AT     the number of the first call that fails, from 1; 0 for none
//   FAULT_TIMES  the number of consecutive calls that fail, 1 by default
//   FAULT_ERRNO  the error number; 0 makes a write accept half of its bytes
//   FAULT_LOG    the file to which the number of calls is written at exit
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *path_part, *call_name;
static long fault_at, fault_times, fault_error;
static atomic_long calls;

static long number(const char *name, long otherwise) {
  const char *text = getenv(name);
  return text ? atol(text) : otherwise;
}

__attribute__((constructor)) static void start(void) {
  path_part = getenv("FAULT_PATH");
  call_name = getenv("FAULT_CALL");
  fault_at = number("FAULT_AT", 0);
  fault_times = number("FAULT_TIMES", 1);
  fault_error = number("FAULT_ERRNO", ENOSPC);
}

__attribute__((destructor)) static void finish(void) {
  const char *log = getenv("FAULT_LOG");
  if (!log) return;
  // Direct system calls, so that these are not counted.
  char text[32];
  int length = snprintf(text, sizeof text, "%ld\n", atomic_load(&calls));
  long file = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (file < 0) return;
  if (syscall(SYS_write, file, text, length) != length) abort();
  syscall(SYS_close, file);
}

static int concerns(const char *path) { return path_part && path && strstr(path, path_part); }

static int concerns_file(int file) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return concerns(path);
}

// Counts a call that concerns the files, and returns whether it must fail.
static int fails(const char *name) {
  if (!call_name || strcmp(name, call_name)) return 0;
  long count = atomic_fetch_add(&calls, 1) + 1;
  return fault_at > 0 && count >= fault_at && count < fault_at + fault_times;
}

static long fault(void) {
  errno = (int)fault_error;
  return -1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int opened(const char *path, int flags, mode_t mode) {
  // Only files opened for writing: opening a folder to synchronize it may fail without consequence.
  if ((flags & O_ACCMODE) != O_RDONLY && concerns(path) && fails("open")) return (int)fault();
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open(const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;
  va_end(list);
  return opened(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;
  va_end(list);
  return opened(path, flags | O_LARGEFILE, mode);
}

ssize_t write(int file, const void *bytes, size_t count) {
  if (concerns_file(file) && fails("write")) {
    if (fault_error) return fault();
    count = (count + 1) / 2;
  }
  return syscall(SYS_write, file, bytes, count);
}

int fsync(int file) {
  if (concerns_file(file) && fails("fsync")) return (int)fault();
  return (int)syscall(SYS_fsync, file);
}

// A failing close closes the file nevertheless.
int close(int file) {
  int ours = concerns_file(file) && fails("close");
  int result = (int)syscall(SYS_close, file);
  return ours ? (int)fault() : result;
}

int rename(const char *from, const char *to) {
  if (concerns(to) && fails("rename")) return (int)fault();
  return REAL(rename)(from, to);
}

int mkdir(const char *path, mode_t mode) {
  if (concerns(path) && fails("mkdir")) return (int)fault();
  return REAL(mkdir)(path, mode);
}
