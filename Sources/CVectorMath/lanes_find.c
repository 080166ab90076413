#include "CVectorMath.h"

#include <string.h>

static int is_identical(const double *x, const double *y, size_t n) {
  for (const double *end = x + 8 * n; x < end; x += 8, y += 8) {
    uint64_t a, b;
    memcpy(&a, x, sizeof a);
    memcpy(&b, y, sizeof b);
    if (a != b) return 0;
  }
  return 1;
}

// Bits alone are compared: the same on every processor without clones.
size_t aif_lanes_find(
    const double *x, const uint64_t hashes[8], size_t first, size_t end, const void *blocks,
    size_t step, const aif_known_vectors *known, int32_t *found, size_t stride, int32_t wanted,
    size_t next) {
  uint64_t *const slots = known->slots;
  for (size_t lane = first; lane < end; lane++, found += stride) {
    if (*found != wanted) continue;
    // Spreads what rotations have gathered.
    uint64_t slot = (hashes[lane] * 0x9E3779B97F4A7C15u) >> 40 & known->mask;
    size_t number = next;
    for (; slots && slots[slot] >> 32 == known->mark; slot = (slot + 1) & known->mask) {
      const size_t other = (uint32_t)slots[slot];
      const double *y = *(const double *const *)((const char *)blocks + other / 8 * step);
      if (is_identical(x + lane, y + other % 8, known->size)) {
        number = other;
        break;
      }
    }
    if (number == next) {
      if (slots) slots[slot] = known->mark << 32 | (uint32_t)next;
      double *y = *(double *const *)((const char *)blocks + next / 8 * step) + next % 8;
      for (size_t i = 0; i < known->size; i++) y[8 * i] = x[lane + 8 * i];
      next++;
    }
    *found = (int32_t)number;
  }
  return next;
}
