/* Makes the disk below TWINHEAD_FAULTS_BELOW full or broken, as the 8 bytes of TWINHEAD_FAULTS say: what (0 nothing,
   ENOSPC or EIO) and after how many more calls. Loaded before the C library (LD_PRELOAD); needs no rights. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static volatile int *control;
static const char *below;

#define REAL(type, name, ...) \
  static type (*real)(__VA_ARGS__); \
  if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("TWINHEAD_FAULTS");
  below = getenv("TWINHEAD_FAULTS_BELOW");
  int descriptor = file ? open(file, O_RDWR | O_CLOEXEC) : -1;
  if (descriptor < 0) return;
  void *mapped = mmap(0, 8, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  close(descriptor);
  if (mapped != MAP_FAILED) control = mapped;
}

/* The error of this call; 0: none. */
static int due(void) {
  int what = control[0];
  if (!what) return 0;
  return __atomic_fetch_sub(&control[1], 1, __ATOMIC_SEQ_CST) > 0 ? 0 : what;
}

static int fails_at(const char *path) {
  if (!control || !below || !path || !control[0]) return 0;
  int error = 0;
  if (strncmp(path, below, strlen(below)) == 0) error = due();
  else if (strncmp(path, "/proc/self/fd/", 14) == 0) {
    char target[4096];
    char folder[64];
    const char *end = strchr(path + 14, '/');
    size_t length = end ? (size_t)(end - path) : strlen(path);
    if (length < sizeof folder) {
      memcpy(folder, path, length);
      folder[length] = 0;
      ssize_t found = readlink(folder, target, sizeof target - 1);
      if (found > 0) {
        target[found] = 0;
        if (strncmp(target, below, strlen(below)) == 0) error = due();
      }
    }
  }
  if (error) errno = error;
  return error;
}

static int fails(int descriptor) {
  if (!control || !control[0]) return 0;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  return fails_at(link);
}

static int reads_fail(int descriptor) { return control && control[0] == EIO && fails(descriptor); }

ssize_t write(int d, const void *b, size_t n) { REAL(ssize_t, write, int, const void *, size_t); return fails(d) ? -1 : real(d, b, n); }
ssize_t pwrite(int d, const void *b, size_t n, off_t o) { REAL(ssize_t, pwrite, int, const void *, size_t, off_t); return fails(d) ? -1 : real(d, b, n, o); }
ssize_t pwrite64(int d, const void *b, size_t n, off64_t o) { REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t); return fails(d) ? -1 : real(d, b, n, o); }
ssize_t writev(int d, const struct iovec *v, int n) { REAL(ssize_t, writev, int, const struct iovec *, int); return fails(d) ? -1 : real(d, v, n); }
ssize_t pwritev(int d, const struct iovec *v, int n, off_t o) { REAL(ssize_t, pwritev, int, const struct iovec *, int, off_t); return fails(d) ? -1 : real(d, v, n, o); }
ssize_t pwritev64(int d, const struct iovec *v, int n, off64_t o) { REAL(ssize_t, pwritev64, int, const struct iovec *, int, off64_t); return fails(d) ? -1 : real(d, v, n, o); }
ssize_t read(int d, void *b, size_t n) { REAL(ssize_t, read, int, void *, size_t); return reads_fail(d) ? -1 : real(d, b, n); }
ssize_t pread(int d, void *b, size_t n, off_t o) { REAL(ssize_t, pread, int, void *, size_t, off_t); return reads_fail(d) ? -1 : real(d, b, n, o); }
ssize_t pread64(int d, void *b, size_t n, off64_t o) { REAL(ssize_t, pread64, int, void *, size_t, off64_t); return reads_fail(d) ? -1 : real(d, b, n, o); }
int fsync(int d) { REAL(int, fsync, int); return fails(d) ? -1 : real(d); }
int fdatasync(int d) { REAL(int, fdatasync, int); return fails(d) ? -1 : real(d); }
int ftruncate(int d, off_t n) { REAL(int, ftruncate, int, off_t); return fails(d) ? -1 : real(d, n); }
int ftruncate64(int d, off64_t n) { REAL(int, ftruncate64, int, off64_t); return fails(d) ? -1 : real(d, n); }
int mkdir(const char *p, mode_t m) { REAL(int, mkdir, const char *, mode_t); return fails_at(p) ? -1 : real(p, m); }
int rename(const char *a, const char *b) { REAL(int, rename, const char *, const char *); return fails_at(b) ? -1 : real(a, b); }
ssize_t copy_file_range(int a, off64_t *x, int b, off64_t *y, size_t n, unsigned f) { REAL(ssize_t, copy_file_range, int, off64_t *, int, off64_t *, size_t, unsigned); return fails(b) ? -1 : real(a, x, b, y, n, f); }
ssize_t sendfile(int a, int b, off_t *o, size_t n) { REAL(ssize_t, sendfile, int, int, off_t *, size_t); return fails(a) ? -1 : real(a, b, o, n); }
ssize_t sendfile64(int a, int b, off64_t *o, size_t n) { REAL(ssize_t, sendfile64, int, int, off64_t *, size_t); return fails(a) ? -1 : real(a, b, o, n); }

#define OPENS(name) \
  int name(const char *p, int f, ...) { \
    va_list more; va_start(more, f); mode_t m = va_arg(more, int); va_end(more); \
    REAL(int, name, const char *, int, ...); \
    return (f & O_CREAT) && fails_at(p) ? -1 : real(p, f, m); \
  }
OPENS(open)
OPENS(open64)
