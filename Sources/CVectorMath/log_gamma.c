// For lgamma_r, which the C standard does not know.
#define _GNU_SOURCE
#define _REENTRANT

#include "CVectorMath.h"

#include <math.h>

double aif_log_gamma(double x) {
  int sign;
  return lgamma_r(x, &sign);
}
