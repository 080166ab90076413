#include "CVectorMath.h"
#include "Logarithm.h"
#include "TargetClones.h"

#pragma clang fp contract(off)

AIF_TARGET_CLONES
void aif_vector_log(const double *restrict x, double *restrict y, size_t n) {
  AIF_FOR_EACH(i, n, y[i] = logarithm(x[i]));
}

AIF_TARGET_CLONES
void aif_vector_log_in_place(double *x, size_t n) {
  AIF_FOR_EACH(i, n, x[i] = logarithm(x[i]));
}

AIF_TARGET_CLONES
void aif_vector_log_floored(const double *restrict x, double floor, double *restrict y, size_t n) {
  AIF_FOR_EACH(i, n, y[i] = logarithm_from(floor, x[i]));
}

double aif_log1(double x) { return logarithm(x); }
