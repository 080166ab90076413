#include "CVectorMath.h"

#include <string.h>

static inline uint64_t bits_of(const double *x) {
  uint64_t bits;
  memcpy(&bits, x, sizeof bits);
  return bits;
}

static inline int is_identical(const double *x, const double *y, size_t n) {
  size_t i = 0;
  for (; i + 2 <= n; i += 2) {
    if (bits_of(x + 8 * i) != bits_of(y + 8 * i)) return 0;
    if (bits_of(x + 8 * i + 8) != bits_of(y + 8 * i + 8)) return 0;
  }
  return i == n || bits_of(x + 8 * i) == bits_of(y + 8 * i);
}

// Bits alone are compared: the same on every processor without clones.
size_t aif_lanes_find(
    const double *x, const uint64_t hashes[8], size_t first, size_t end, const void *blocks,
    size_t step, const aif_known_vectors *known, int32_t *found, size_t stride, int32_t wanted,
    size_t next) {
  uint64_t *const restrict slots = known->slots;
  // Read once: what is written might be any of these for all that the compiler knows.
  const uint64_t mask = known->mask, mark = known->mark;
  const size_t size = known->size;
  for (size_t lane = first; lane < end; lane++, found += stride) {
    if (*found != wanted) continue;
    // Spreads what rotations have gathered.
    uint64_t slot = (hashes[lane] * 0x9E3779B97F4A7C15u) >> 40 & mask;
    size_t number = next;
    for (; slots && slots[slot] >> 32 == mark; slot = (slot + 1) & mask) {
      const size_t other = (uint32_t)slots[slot];
      const double *y = *(const double *const *)((const char *)blocks + other / 8 * step);
      if (is_identical(x + lane, y + other % 8, size)) {
        number = other;
        break;
      }
    }
    if (number == next) {
      if (slots) slots[slot] = mark << 32 | (uint32_t)next;
      double *y = *(double *const *)((const char *)blocks + next / 8 * step) + next % 8;
      for (size_t i = 0; i < size; i++) y[8 * i] = x[lane + 8 * i];
      next++;
    }
    *found = (int32_t)number;
  }
  return next;
}
