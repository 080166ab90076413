#include "CVectorMath.h"
#include "TargetClones.h"

#include <string.h>

#pragma clang fp contract(off)

typedef double lanes __attribute__((vector_size(64)));
typedef double half_lanes __attribute__((vector_size(32)));

#define LOAD(name, address) \
  lanes name;               \
  memcpy(&name, address, sizeof name)

AIF_TARGET_CLONES
void aif_transposed_matrix_vector(
    const double *restrict m, size_t rows, size_t columns, const double *restrict x,
    double *restrict y) {
  // Thirty-two columns, then eight, then four, then one: their sums stay in registers over all the rows.
  size_t j = 0;
  for (; j + 32 <= columns; j += 32) {
    lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    const double *row = m + j;
    for (size_t i = 0; i < rows; i++, row += columns) {
      LOAD(a0, row);
      LOAD(a1, row + 8);
      LOAD(a2, row + 16);
      LOAD(a3, row + 24);
      s0 += a0 * x[i];
      s1 += a1 * x[i];
      s2 += a2 * x[i];
      s3 += a3 * x[i];
    }
    memcpy(y + j, &s0, sizeof s0);
    memcpy(y + j + 8, &s1, sizeof s1);
    memcpy(y + j + 16, &s2, sizeof s2);
    memcpy(y + j + 24, &s3, sizeof s3);
  }
  for (; j + 8 <= columns; j += 8) {
    lanes s0 = {0};
    const double *row = m + j;
    for (size_t i = 0; i < rows; i++, row += columns) {
      LOAD(a0, row);
      s0 += a0 * x[i];
    }
    memcpy(y + j, &s0, sizeof s0);
  }
  for (; j + 4 <= columns; j += 4) {
    half_lanes s0 = {0};
    const double *row = m + j;
    for (size_t i = 0; i < rows; i++, row += columns) {
      half_lanes a0;
      memcpy(&a0, row, sizeof a0);
      s0 += a0 * x[i];
    }
    memcpy(y + j, &s0, sizeof s0);
  }
  for (; j < columns; j++) {
    double s0 = 0;
    for (size_t i = 0; i < rows; i++) s0 += m[i * columns + j] * x[i];
    y[j] = s0;
  }
}
