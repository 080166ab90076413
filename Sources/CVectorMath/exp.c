#include "CVectorMath.h"
#include "TargetClones.h"

#include <string.h>

#pragma clang fp contract(off)

// The rational form of fdlibm's e_exp.c (Sun Microsystems, 1993): x = k ln 2 + r with
// |r| <= ln 2 / 2, and exp(r) = 1 + 2r / (R(r) - r) with R even, of degree 10 in r.
// Selects stand where fdlibm branches, so that a loop over it becomes vector code.

// Adding it leaves the nearest integer in the low bits of the sum.
#define ROUNDER 0x1.8p52

// 2^k for an integer k in -1022 ... 1023, given as k + ROUNDER.
AIF_INLINE double power_of_two(double shifted) {
  uint64_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits << 52) + UINT64_C(0x3ff0000000000000);
  double power;
  memcpy(&power, &bits, sizeof power);
  return power;
}

AIF_INLINE double exponential(double x) {
  // Beyond these the result is 0 or infinity; a NaN passes both selects.
  x = x < -746.0 ? -746.0 : x;
  x = x > 710.0 ? 710.0 : x;

  const double shifted = x * 0x1.71547652b82fep+0 + ROUNDER;
  const double k = shifted - ROUNDER;
  // ln 2 in two parts: the product with the first is exact.
  const double high = x - k * 6.93147180369123816490e-01;
  const double low = k * 1.90821492927058770002e-10;
  const double r = high - low;
  const double t = r * r;
  const double p =
      t * (1.66666666666666019037e-01 +
           t * (-2.77777777770155933842e-03 +
                t * (6.61375632143793436117e-05 +
                     t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))));
  const double c = r - p;
  const double y = 1.0 - ((low - (r * c) / (2.0 - c)) - high);

  // 2^k in two factors, so that the product rounds once where the result is subnormal.
  const double half = k * 0.5 + ROUNDER;
  const double rest = (k - (half - ROUNDER)) + ROUNDER;
  return y * power_of_two(half) * power_of_two(rest);
}

AIF_TARGET_CLONES
void aif_vector_exp(const double *restrict x, double *restrict y, size_t n) {
  AIF_FOR_EACH(i, n, y[i] = exponential(x[i]));
}

AIF_TARGET_CLONES
void aif_vector_exp_in_place(double *x, size_t n) {
  AIF_FOR_EACH(i, n, x[i] = exponential(x[i]));
}

AIF_TARGET_CLONES
void aif_vector_exp_shifted(double *x, double shift, size_t n) {
  AIF_FOR_EACH(i, n, x[i] = exponential(x[i] - shift));
}

// All at once in one vector, but for the greatest and the sums, which run in order. Elements are read one by
// one: a wide load would wait until they have reached the cache. A NaN need not be seen among the greatest, for
// it makes the sum one.
AIF_TARGET_CLONES
int aif_softmax_runs(
    const double *restrict x, const ptrdiff_t *restrict sizes, size_t runs, double *restrict y) {
  typedef double lanes __attribute__((vector_size(64)));
  typedef int64_t masks __attribute__((vector_size(64)));
  const masks index = {0, 1, 2, 3, 4, 5, 6, 7};
  lanes values = {0}, shift = {0}, total = {0};
  ptrdiff_t end = 0;
  for (size_t run = 0; run < runs; run++) {
    // What it says of the elements after this run is overwritten by the next.
    const masks from = index >= end;
    const ptrdiff_t begin = end;
    double greatest = -__builtin_inf();
    end += sizes[run];
    _Pragma("clang loop unroll(disable)") for (ptrdiff_t i = begin; i < end; i++) {
      greatest = greatest > x[i] ? greatest : x[i];
      values[i] = x[i];
    }
    const lanes all = (lanes){0} + greatest;
    shift = (lanes)((from & (masks)all) | (~from & (masks)shift));
  }
  double result[8];
  values -= shift;
  memcpy(result, &values, sizeof result);
  for (size_t i = 0; i < 8; i++) result[i] = exponential(result[i]);
  memcpy(&values, result, sizeof result);
  end = 0;
  for (size_t run = 0; run < runs; run++) {
    const masks from = index >= end;
    const ptrdiff_t begin = end;
    double sum = 0;
    end += sizes[run];
    _Pragma("clang loop unroll(disable)") for (ptrdiff_t i = begin; i < end; i++) sum += result[i];
    const lanes all = (lanes){0} + sum;
    total = (lanes)((from & (masks)all) | (~from & (masks)total));
  }
  values /= total;
  memcpy(result, &values, sizeof result);
  uint64_t difference = 0;
  _Pragma("clang loop vectorize(disable) unroll(disable)") for (ptrdiff_t i = 0; i < end; i++) {
    uint64_t before, after;
    memcpy(&before, y + i, sizeof before);
    memcpy(&after, result + i, sizeof after);
    difference |= before ^ after;
    y[i] = result[i];
  }
  return difference == 0;
}

double aif_exp1(double x) { return exponential(x); }
