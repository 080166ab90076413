#pragma once

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// The loops of CVectorMath, compiled for one generation of processors.
typedef struct {
  const char *name;
  void (*exp)(const double *x, double *y, size_t n);
  void (*exp_in_place)(double *x, size_t n);
  void (*exp_shifted)(double *x, double shift, size_t n);
  int (*softmax_runs)(const double *x, const ptrdiff_t *sizes, size_t runs, double *y);
  void (*log)(const double *x, double *y, size_t n);
  void (*log_in_place)(double *x, size_t n);
  void (*log_floored)(const double *x, double floor, double *y, size_t n);
  void (*digamma)(const double *x, double *y, size_t n);
  void (*digamma_in_place)(double *x, size_t n);
  void (*digamma_excess)(const double *a, double *y, size_t n);
  void (*transposed_matrix_vector)(
      const double *m, size_t rows, size_t columns, const double *x, double *y);
  void (*lanes_transposed_matrix)(
      const double *m, size_t rows, size_t columns, const double *x, double *y);
  void (*own_lanes_transposed_matrix)(
      const double *m, size_t rows, size_t columns, const double *x, double *y);
  void (*lanes_dot)(const double *p, const double *x, size_t count, double *result);
  void (*own_lanes_dot)(const double *p, const double *x, size_t count, double *result);
  void (*lanes_sum)(const double *x, size_t count, double *result);
  void (*lanes_add_scaled)(const double *scale, const double *p, double *y, size_t count);
  void (*own_lanes_add_scaled)(const double *scale, const double *p, double *y, size_t count);
  void (*lanes_move)(
      const double *x, size_t count, const int32_t *places, double *y, size_t length);
  void (*lanes_hash)(const double *x, size_t n, uint64_t *result);
  void (*lanes_greatest)(const double *x, size_t n, double *result);
  double (*greatest)(const double *x, size_t n);
  void (*lanes_negentropy)(
      const double *p, double floor, size_t count, double *scratch, double *result);
} vector_math_version;

/// How many versions this processor can run, of which the first is the baseline's.
size_t vector_math_version_count(void);

/// Version `index` of those that this processor can run.
vector_math_version vector_math_version_at(size_t index);

#pragma clang assume_nonnull end
