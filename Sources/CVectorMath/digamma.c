#include "CVectorMath.h"
#include "Logarithm.h"
#include "TargetClones.h"

#pragma clang fp contract(off)

// Two rational functions: R around the root of psi at 1.4616..., S in place of Stirling's series.
//
//     psi(1 + t) = (1 + t - root) (1 + R(t))       0 <= t < 9/8
//     psi(x) = ln x - 1 / 2x - S(1 / x^2) / x^2    x >= 9/8
//
// With psi(x) = psi(1 + x) - 1/x they give psi(x), and the excess psi(a + 1) - ln a, each
// from terms that cancel less than a bit of each other; hence the seam. The coefficients, good to
// 1.4e-17, are those that Tests/KernelsTests/References/fit_digamma.py finds. Source: Abramowitz &
// Stegun 6.3.5 and 6.3.18.

#define SEAM 1.125

AIF_INLINE double near_numerator(double t) {
  const double s = t * t;
  return (0.2503801375034054 + t * -0.3099327223260254) +
         s * ((-0.6914397127845148 + t * -0.3538240721049294) +
              s * ((-0.07078849465135593 + t * -0.00547068886972874) +
                   s * -0.00011763234214023903));
}

AIF_INLINE double near_denominator(double t) {
  const double s = t * t;
  return (1.0 + t * 2.1757342403742097) +
         s * ((1.6601861024290774 + t * 0.5691174041801119) +
              s * ((0.09059101261422003 + t * 0.0060441649608162906) +
                   s * 0.00011869819052926266));
}

AIF_INLINE double tail_numerator(double z) {
  const double s = z * z;
  return ((0.08333333333333302 + z * 1.7177564256645155) +
          s * (12.144913672353482 + z * 37.336165966734825)) +
         (s * s) * ((52.24327520895059 + z * 31.73235687490493) +
                    s * (7.146219257989159 + z * 0.38986321827933385));
}

AIF_INLINE double tail_denominator(double z) {
  const double s = z * z;
  return ((1.0 + z * 20.71307710797179) + s * (147.76265273187025 + z * 461.8739198289362)) +
         (s * s) * ((667.0151245525816 + z * 431.2539630128137) +
                    s * ((111.02292258503147 + z * 8.568182692741084) +
                         s * 0.07662210038373983));
}

// psi(1 + t), from R(t). The root in two parts keeps the digits that cancel next to it, and R is at
// most a third, which keeps its rounding out of the result.
AIF_INLINE double near_root(double t, double ratio) {
  const double distance = (t - 0.46163214496836236) + 1.5522348162858677e-17;
  return distance + distance * ratio;
}

AIF_INLINE double digamma(double x) {
  const double t = x < 1.0 ? x : x - 1.0;
  const int is_near = t < SEAM;
  // Halved first, so that it is rounded once where 1/x is subnormal.
  const double half = 0.5 / x;
  const double inverse = half + half;
  const double z = inverse * inverse;
  // One division serves both.
  const double numerator = is_near ? near_numerator(t) : tail_numerator(z);
  const double denominator = is_near ? near_denominator(t) : tail_denominator(z);
  const double ratio = numerator / denominator;
  const double near = near_root(t, ratio) - (x < 1.0 ? inverse : 0.0);
  double y = is_near ? near : logarithm(x) - (half + z * ratio);
  y = x == 0.0 ? -__builtin_inf() : y;
  return x >= 0.0 ? y : __builtin_nan("");
}

// psi(a + 1) - ln a = psi(a) - ln a + 1/a.
AIF_INLINE double digamma_excess(double a) {
  const int is_near = a < SEAM;
  const double half = 0.5 / a;
  const double inverse = half + half;
  const double z = inverse * inverse;
  const double numerator = is_near ? near_numerator(a) : tail_numerator(z);
  const double denominator = is_near ? near_denominator(a) : tail_denominator(z);
  const double ratio = numerator / denominator;
  const double y = is_near ? near_root(a, ratio) - logarithm(a) : half - z * ratio;
  return a >= 0.0 ? y : __builtin_nan("");
}

AIF_TARGET_CLONES
void aif_vector_digamma(const double *restrict x, double *restrict y, size_t n) {
  AIF_FOR_EACH(i, n, y[i] = digamma(x[i]));
}

AIF_TARGET_CLONES
void aif_vector_digamma_in_place(double *x, size_t n) {
  AIF_FOR_EACH(i, n, x[i] = digamma(x[i]));
}

AIF_TARGET_CLONES
void aif_vector_digamma_excess(const double *restrict a, double *restrict y, size_t n) {
  AIF_FOR_EACH(i, n, y[i] = digamma_excess(a[i]));
}

double aif_digamma1(double x) { return digamma(x); }

double aif_digamma_excess1(double a) { return digamma_excess(a); }
