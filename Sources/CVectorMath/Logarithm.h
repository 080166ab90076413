#pragma once

#include "TargetClones.h"

#include <string.h>

#pragma clang fp contract(off)

// The rational form of fdlibm's e_log.c (Sun Microsystems, 1993): x = 2^k (1 + f) with
// sqrt(1/2) <= 1 + f < sqrt(2), and ln(1 + f) from s = f / (2 + f) and a polynomial in s^2.
// Selects stand where fdlibm branches, so that a loop over it becomes vector code.

// ln(x 2^-lift) for a normal x, infinity for infinity, NaN for NaN.
AIF_INLINE double normal_logarithm(double x, double lift) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);

  // Moves the step between two exponents from 1 to sqrt(1/2).
  const uint64_t root = UINT64_C(0x3fe6a09e00000000);
  bits += UINT64_C(0x3ff0000000000000) - root;
  // The biased exponent becomes a double as the low bits of 2^52.
  uint64_t exponent_bits = (bits >> 52) | UINT64_C(0x4330000000000000);
  double k;
  memcpy(&k, &exponent_bits, sizeof k);
  k -= 0x1p52 + 1023.0 + lift;
  bits = (bits & UINT64_C(0x000fffffffffffff)) + root;
  double mantissa;
  memcpy(&mantissa, &bits, sizeof mantissa);

  const double f = mantissa - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double w = z * z;
  const double even = w * (3.999999999940941908e-01 +
                           w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const double odd =
      z * (6.666666666666735130e-01 +
           w * (2.857142874366239149e-01 +
                w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const double square = 0.5 * f * f;
  const double y =
      k * 6.93147180369123816490e-01 -
      ((square - (s * (square + (even + odd)) + k * 1.90821492927058770002e-10)) - f);
  return x < __builtin_inf() ? y : x;
}

AIF_INLINE double logarithm(double x) {
  const int subnormal = x < 0x1p-1022;
  double y = normal_logarithm(subnormal ? x * 0x1p54 : x, subnormal ? 54.0 : 0.0);
  y = x == 0.0 ? -__builtin_inf() : y;
  return x < 0.0 ? __builtin_nan("") : y;
}

// ln(max(x, floor)) for a floor that is a normal number.
AIF_INLINE double logarithm_from(double floor, double x) {
  return normal_logarithm(x < floor ? floor : x, 0.0);
}
