#include "CVectorMath.h"
#include "TargetClones.h"

#include <string.h>

#pragma clang fp contract(off)

typedef double lanes __attribute__((vector_size(64)));
typedef double half_lanes __attribute__((vector_size(32)));

#define LOAD(name, address) \
  lanes name;               \
  memcpy(&name, address, sizeof name)

// A fixed tree, the one of `Contraction.dot`.
#define REDUCE(a) (((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7])))

AIF_TARGET_CLONES
void aif_matrix_vector(
    const double *restrict m, size_t rows, size_t columns, const double *restrict x,
    double *restrict y) {
  const size_t whole = columns & ~(size_t)7;
  size_t row = 0;
  // Four rows at a time share the loads of x and hide the latency of the additions.
  for (; row + 4 <= rows; row += 4) {
    const double *m0 = m + row * columns;
    const double *m1 = m0 + columns, *m2 = m1 + columns, *m3 = m2 + columns;
    double y0 = 0, y1 = 0, y2 = 0, y3 = 0;
    if (whole > 0) {
      lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
      for (size_t j = 0; j < whole; j += 8) {
        LOAD(v, x + j);
        LOAD(a0, m0 + j);
        LOAD(a1, m1 + j);
        LOAD(a2, m2 + j);
        LOAD(a3, m3 + j);
        s0 += a0 * v;
        s1 += a1 * v;
        s2 += a2 * v;
        s3 += a3 * v;
      }
      y0 = REDUCE(s0);
      y1 = REDUCE(s1);
      y2 = REDUCE(s2);
      y3 = REDUCE(s3);
    }
    for (size_t j = whole; j < columns; j++) {
      y0 += m0[j] * x[j];
      y1 += m1[j] * x[j];
      y2 += m2[j] * x[j];
      y3 += m3[j] * x[j];
    }
    y[row] = y0;
    y[row + 1] = y1;
    y[row + 2] = y2;
    y[row + 3] = y3;
  }
  for (; row < rows; row++) {
    const double *m0 = m + row * columns;
    double y0 = 0;
    if (whole > 0) {
      lanes s0 = {0};
      for (size_t j = 0; j < whole; j += 8) {
        LOAD(v, x + j);
        LOAD(a0, m0 + j);
        s0 += a0 * v;
      }
      y0 = REDUCE(s0);
    }
    for (size_t j = whole; j < columns; j++) y0 += m0[j] * x[j];
    y[row] = y0;
  }
}

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
