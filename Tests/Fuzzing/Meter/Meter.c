// Stands between the program and the C library's allocator, and keeps count of the bytes held. A symbol
// of the executable is found before that of the library, so every allocation comes through here,
// Swift's too.

#include "Meter.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define AIF_SANITIZED
#endif
#endif

#include <stdlib.h>

#if defined(__GLIBC__) && !defined(AIF_SANITIZED)

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);

static _Atomic size_t held;
static _Atomic size_t peak;
static _Atomic size_t before;

static void *taken(void *block) {
  if (!block) return block;
  const size_t now = atomic_fetch_add(&held, malloc_usable_size(block)) + malloc_usable_size(block);
  size_t highest = atomic_load(&peak);
  while (now > highest && !atomic_compare_exchange_weak(&peak, &highest, now)) {
  }
  return block;
}

static void given_back(void *block) {
  if (block) atomic_fetch_sub(&held, malloc_usable_size(block));
}

void *malloc(size_t size) { return taken(__libc_malloc(size)); }
void *calloc(size_t count, size_t size) { return taken(__libc_calloc(count, size)); }
void *aligned_alloc(size_t alignment, size_t size) { return taken(__libc_memalign(alignment, size)); }
void *memalign(size_t alignment, size_t size) { return taken(__libc_memalign(alignment, size)); }

void *realloc(void *block, size_t size) {
  const size_t old = block ? malloc_usable_size(block) : 0;
  void *result = __libc_realloc(block, size);
  if (!result && size) return result;
  atomic_fetch_sub(&held, old);
  return taken(result);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  void *result = taken(__libc_memalign(alignment, size));
  if (!result) return ENOMEM;
  *block = result;
  return 0;
}

void free(void *block) {
  given_back(block);
  __libc_free(block);
}

int aif_can_measure_memory(void) { return 1; }

void aif_begin_measuring_memory(void) {
  atomic_store(&before, atomic_load(&held));
  atomic_store(&peak, atomic_load(&held));
}

size_t aif_peak_memory(void) { return atomic_load(&peak) - atomic_load(&before); }

#else

int aif_can_measure_memory(void) { return 0; }
void aif_begin_measuring_memory(void) {}
size_t aif_peak_memory(void) { return 0; }

#endif
