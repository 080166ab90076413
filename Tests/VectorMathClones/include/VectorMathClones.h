#pragma once

#include <stddef.h>

#pragma clang assume_nonnull begin

/// The loops of CVectorMath, compiled for one generation of processors.
typedef struct {
  const char *name;
  void (*exp)(const double *x, double *y, size_t n);
  void (*exp_in_place)(double *x, size_t n);
  void (*exp_shifted)(double *x, double shift, size_t n);
  void (*log)(const double *x, double *y, size_t n);
  void (*log_in_place)(double *x, size_t n);
  void (*log_floored)(const double *x, double floor, double *y, size_t n);
  void (*digamma)(const double *x, double *y, size_t n);
  void (*digamma_in_place)(double *x, size_t n);
  void (*digamma_excess)(const double *a, double *y, size_t n);
  void (*transposed_matrix_vector)(
      const double *m, size_t rows, size_t columns, const double *x, double *y);
} vector_math_version;

/// How many versions this processor can run, of which the first is the baseline's.
size_t vector_math_version_count(void);

/// Version `index` of those that this processor can run.
vector_math_version vector_math_version_at(size_t index);

#pragma clang assume_nonnull end
