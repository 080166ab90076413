// Stands between the program and the C library's allocator, and counts while it is told to. A symbol
// of the executable is found before that of the library, so every allocation comes through here,
// Swift's too. With AIF_SHOW_ALLOCATIONS set, each that is counted shows where it came from.

#include "AllocationCounter.h"

#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define AIF_SANITIZED
#endif
#endif

#if defined(__GLIBC__) && !defined(AIF_SANITIZED)

#include <errno.h>
#include <execinfo.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static __thread int is_counting;
static __thread size_t counted;

static void note(void) {
  if (!is_counting) return;
  counted++;
  if (!getenv("AIF_SHOW_ALLOCATIONS")) return;
  is_counting = 0;
  void *frames[24];
  backtrace_symbols_fd(frames, backtrace(frames, 24), STDERR_FILENO);
  (void)!write(STDERR_FILENO, "\n", 1);
  is_counting = 1;
}

void *malloc(size_t size) {
  note();
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  note();
  return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
  note();
  return __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  note();
  return __libc_memalign(alignment, size);
}

void *memalign(size_t alignment, size_t size) {
  note();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  note();
  void *result = __libc_memalign(alignment, size);
  if (!result) return ENOMEM;
  *block = result;
  return 0;
}

int aif_can_count_allocations(void) { return 1; }
void aif_begin_counting(void) { is_counting = 1; }
void aif_end_counting(void) { is_counting = 0; }

size_t aif_take_count(void) {
  const size_t result = counted;
  counted = 0;
  return result;
}

#else

int aif_can_count_allocations(void) { return 0; }
void aif_begin_counting(void) {}
void aif_end_counting(void) {}
size_t aif_take_count(void) { return 0; }

#endif
