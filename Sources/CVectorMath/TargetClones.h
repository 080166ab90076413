#pragma once

#include <stddef.h>
#include <stdint.h>

// One copy of a loop for each generation of x86-64, chosen when the program is loaded. The copies
// differ in the width of their registers and not in their arithmetic: contraction is off in every
// file that uses this, so they give the same bits. Needs indirect functions, hence glibc; they are
// resolved before the thread sanitizer is ready, so not under it. Tests/VectorMathClones defines
// AIF_TARGET_CLONES to build each copy by itself.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define AIF_NO_TARGET_CLONES
#endif
#endif

#ifndef AIF_TARGET_CLONES
#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__) && \
    !defined(AIF_NO_TARGET_CLONES)
#define AIF_TARGET_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define AIF_TARGET_CLONES
#endif
#endif

#define AIF_INLINE static inline __attribute__((always_inline))

// A loop over i = 0 ..< n: whole blocks of eight, then the rest, masked if it is long and one by one
// if it is short. A short vector has often just been written an element at a time, and a wide load
// would wait until those stores reach the cache.
#define AIF_FOR_EACH(i, n, statement)                                                          \
  do {                                                                                         \
    const size_t whole = (n) & ~(size_t)7;                                                     \
    for (size_t i = 0; i < whole; i++) statement;                                              \
    if ((n) - whole > 4) {                                                                     \
      _Pragma("clang loop vectorize(enable) vectorize_predicate(enable)")                      \
      for (size_t i = whole; i < (n); i++) statement;                                          \
    } else {                                                                                   \
      _Pragma("clang loop vectorize(disable)")                                                 \
      for (size_t i = whole; i < (n); i++) statement;                                          \
    }                                                                                          \
  } while (0)
