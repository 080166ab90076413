#include "CVectorMath.h"

#include <string.h>

static inline uint64_t bits_of(const double *x) {
  uint64_t bits;
  memcpy(&bits, x, sizeof bits);
  return bits;
}

// Four at a time: a difference is seldom in the first element, and a branch for each costs more.
static inline int is_identical(const double *x, const double *y, size_t n) {
  for (; n >= 4; n -= 4, x += 32, y += 32) {
    const uint64_t difference = (bits_of(x) ^ bits_of(y)) | (bits_of(x + 8) ^ bits_of(y + 8)) |
                                (bits_of(x + 16) ^ bits_of(y + 16)) |
                                (bits_of(x + 24) ^ bits_of(y + 24));
    if (difference) return 0;
  }
  for (; n > 0; n--, x += 8, y += 8) {
    if (bits_of(x) != bits_of(y)) return 0;
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
