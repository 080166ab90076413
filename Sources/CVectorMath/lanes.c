#include "CVectorMath.h"
#include "Logarithm.h"
#include "TargetClones.h"

#include <string.h>

#pragma clang fp contract(off)

// Eight agents, or eight nodes of a tree of policies, side by side: element i of an array of lanes is
// eight numbers, one each. A lane's result has the bits that the plain kernels give for that lane
// alone, so every sum here runs in the order of its plain counterpart.
typedef double lanes __attribute__((vector_size(64)));
typedef int64_t masks __attribute__((vector_size(64)));

// a where the mask is set, else b; a function would pass vectors in memory.
#define CHOOSE(mask, a, b) ((lanes)(((mask) & (masks)(a)) | (~(mask) & (masks)(b))))

// What a product takes from a table: one number for all lanes, or one a lane.
#define SHARED(name, address) const double name = *(address)
#define OWN(name, address) \
  lanes name;              \
  memcpy(&name, address, sizeof name)
#define LANES(name, array, index) \
  lanes name;                     \
  memcpy(&name, (array) + 8 * (index), sizeof name)
#define STORE(array, index, value) memcpy((array) + 8 * (index), &(value), sizeof(lanes))

// y = transposed(M) x, each sum over the rows in order: four columns at a time stay in registers.
#define TRANSPOSED(READ, STRIDE)                                              \
  size_t j = 0;                                                               \
  for (; j + 4 <= columns; j += 4) {                                          \
    lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};                             \
    const double *row = m + (STRIDE) * j;                                     \
    for (size_t i = 0; i < rows; i++, row += (STRIDE) * columns) {            \
      LANES(v, x, i);                                                         \
      READ(a0, row);                                                          \
      READ(a1, row + (STRIDE));                                               \
      READ(a2, row + 2 * (STRIDE));                                           \
      READ(a3, row + 3 * (STRIDE));                                           \
      s0 += a0 * v;                                                           \
      s1 += a1 * v;                                                           \
      s2 += a2 * v;                                                           \
      s3 += a3 * v;                                                           \
    }                                                                         \
    STORE(y, j, s0);                                                          \
    STORE(y, j + 1, s1);                                                      \
    STORE(y, j + 2, s2);                                                      \
    STORE(y, j + 3, s3);                                                      \
  }                                                                           \
  for (; j < columns; j++) {                                                  \
    lanes s0 = {0};                                                           \
    const double *row = m + (STRIDE) * j;                                     \
    for (size_t i = 0; i < rows; i++, row += (STRIDE) * columns) {            \
      LANES(v, x, i);                                                         \
      READ(a0, row);                                                          \
      s0 += a0 * v;                                                           \
    }                                                                         \
    STORE(y, j, s0);                                                          \
  }

AIF_TARGET_CLONES
void aif_lanes_transposed_matrix(
    const double *restrict m, size_t rows, size_t columns, const double *restrict x,
    double *restrict y) {
  TRANSPOSED(SHARED, 1)
}

AIF_TARGET_CLONES
void aif_own_lanes_transposed_matrix(
    const double *restrict m, size_t rows, size_t columns, const double *restrict x,
    double *restrict y) {
  TRANSPOSED(OWN, 8)
}

// The sum of p[i] x[i] in the order of `Contraction.dot`: eight running sums over whole blocks of eight,
// added in pairs, then the rest.
#define DOT(READ, STRIDE)                                                               \
  const size_t whole = count & ~(size_t)7;                                              \
  lanes total = {0};                                                                    \
  if (whole > 0) {                                                                      \
    lanes s[8] = {{0}};                                                                 \
    for (size_t i = 0; i < whole; i += 8) {                                             \
      _Pragma("clang loop unroll(full)") for (size_t k = 0; k < 8; k++) {               \
        READ(a, p + (STRIDE) * (i + k));                                                \
        LANES(v, x, i + k);                                                             \
        s[k] += a * v;                                                                  \
      }                                                                                 \
    }                                                                                   \
    total = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));          \
  }                                                                                     \
  for (size_t i = whole; i < count; i++) {                                              \
    READ(a, p + (STRIDE) * i);                                                          \
    LANES(v, x, i);                                                                     \
    total += a * v;                                                                     \
  }                                                                                     \
  STORE(result, 0, total);

AIF_TARGET_CLONES
void aif_lanes_dot(
    const double *restrict p, const double *restrict x, size_t count, double *restrict result) {
  DOT(SHARED, 1)
}

AIF_TARGET_CLONES
void aif_own_lanes_dot(const double *p, const double *x, size_t count, double *restrict result) {
  DOT(OWN, 8)
}

AIF_TARGET_CLONES
void aif_lanes_sum(const double *restrict x, size_t count, double *restrict result) {
  const size_t whole = count & ~(size_t)7;
  lanes total = {0};
  if (whole > 0) {
    lanes s[8] = {{0}};
    for (size_t i = 0; i < whole; i += 8) {
      _Pragma("clang loop unroll(full)") for (size_t k = 0; k < 8; k++) {
        LANES(v, x, i + k);
        s[k] += v;
      }
    }
    total = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
  }
  for (size_t i = whole; i < count; i++) {
    LANES(v, x, i);
    total += v;
  }
  STORE(result, 0, total);
}

AIF_TARGET_CLONES
void aif_lanes_add_scaled(
    const double *restrict scale, const double *restrict p, double *restrict y, size_t count) {
  LANES(factor, scale, 0);
  for (size_t i = 0; i < count; i++) {
    LANES(v, y, i);
    v += factor * p[i];
    STORE(y, i, v);
  }
}

// A few zeros are sooner written than asked for.
__attribute__((no_builtin("memset"))) AIF_TARGET_CLONES
void aif_lanes_move(
    const double *restrict x, size_t count, const int32_t *restrict places, double *restrict y,
    size_t length) {
  const lanes zero = {0};
  for (size_t i = 0; i < length; i++) STORE(y, i, zero);
  for (size_t i = 0; i < count; i++) {
    LANES(v, x, i);
    LANES(sum, y, places[i]);
    sum += v;
    STORE(y, places[i], sum);
  }
}

AIF_TARGET_CLONES
void aif_own_lanes_add_scaled(
    const double *restrict scale, const double *restrict p, double *restrict y, size_t count) {
  LANES(factor, scale, 0);
  for (size_t i = 0; i < count; i++) {
    LANES(a, p, i);
    LANES(v, y, i);
    v += factor * a;
    STORE(y, i, v);
  }
}

// The bits of n elements gathered into one word a lane: rotations are quick, and whoever compares words
// compares the elements too.
AIF_TARGET_CLONES
void aif_lanes_hash(const double *restrict x, size_t n, uint64_t *restrict result) {
  typedef uint64_t words __attribute__((vector_size(64)));
  words hash = {0};
  for (size_t i = 0; i < n; i++) {
    words bits;
    memcpy(&bits, x + 8 * i, sizeof bits);
    hash = (hash << 7 | hash >> 57) ^ bits;
  }
  memcpy(result, &hash, sizeof hash);
}

// The greatest of n elements by lane, -infinity if there is none, NaN if one is.
AIF_TARGET_CLONES
void aif_lanes_greatest(const double *restrict x, size_t n, double *restrict result) {
  lanes greatest = (lanes){0} - __builtin_inf();
  masks unordered = {0};
  for (size_t i = 0; i < n; i++) {
    LANES(v, x, i);
    greatest = CHOOSE(v > greatest, v, greatest);
    unordered |= v != v;
  }
  greatest = CHOOSE(unordered, (lanes){0} + __builtin_nan(""), greatest);
  STORE(result, 0, greatest);
}

#define TAKE_GREATEST(into, address)   \
  do {                                 \
    lanes v;                           \
    memcpy(&v, address, sizeof v);     \
    into = CHOOSE(v > into, v, into);  \
    unordered |= v != v;               \
  } while (0)

// The same of plain numbers, in blocks; the last one may begin before the one before it has ended, for to
// see some entries twice changes nothing.
AIF_TARGET_CLONES
double aif_greatest(const double *restrict x, size_t n) {
  double greatest = -__builtin_inf();
  if (n < 8) {
    for (size_t i = 0; i < n; i++) {
      greatest = x[i] > greatest || x[i] != x[i] ? x[i] : greatest;
    }
    return greatest;
  }
  lanes a = (lanes){0} + greatest, b = a;
  masks unordered = {0};
  const size_t whole = n & ~(size_t)15;
  for (size_t i = 0; i < whole; i += 16) {
    TAKE_GREATEST(a, x + i);
    TAKE_GREATEST(b, x + i + 8);
  }
  if (n - whole >= 8) TAKE_GREATEST(a, x + whole);
  if (n % 8 > 0) TAKE_GREATEST(b, x + n - 8);
  int64_t any = 0;
  for (size_t lane = 0; lane < 8; lane++) any |= unordered[lane];
  if (any) return __builtin_nan("");
  a = CHOOSE(b > a, b, a);
  for (size_t half = 4; half > 0; half /= 2) {
    for (size_t lane = 0; lane < half; lane++) {
      a[lane] = a[lane + half] > a[lane] ? a[lane + half] : a[lane];
    }
  }
  return a[0];
}

// The sum of p ln(max(p, floor)) in the order of `aif_own_lanes_dot`. Where an element is zero or one in
// every lane its part is zero, and no logarithm is taken.
AIF_TARGET_CLONES
void aif_lanes_negentropy(
    const double *restrict p, double floor, size_t count, double *restrict scratch,
    double *restrict result) {
  for (size_t i = 0; i < count; i++) {
    LANES(v, p, i);
    const masks certain = (v == 0.0) | (v == 1.0);
    int64_t all = -1;
    for (size_t lane = 0; lane < 8; lane++) all &= certain[lane];
    if (all) {
      memset(scratch + 8 * i, 0, 64);
      continue;
    }
    for (size_t lane = 0; lane < 8; lane++) {
      scratch[8 * i + lane] = logarithm_from(floor, p[8 * i + lane]);
    }
  }
  const double *x = scratch;
  DOT(OWN, 8)
}
