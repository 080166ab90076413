#include "VectorMathClones.h"

vector_math_version vector_math_baseline(void);

#if defined(__x86_64__) && defined(__linux__)
vector_math_version vector_math_x86_64_v3(void);
vector_math_version vector_math_x86_64_v4(void);

size_t vector_math_version_count(void) {
  // Each generation can do all that the one before can.
  if (__builtin_cpu_supports("x86-64-v4")) return 3;
  return __builtin_cpu_supports("x86-64-v3") ? 2 : 1;
}

vector_math_version vector_math_version_at(size_t index) {
  switch (index) {
  case 2: return vector_math_x86_64_v4();
  case 1: return vector_math_x86_64_v3();
  default: return vector_math_baseline();
  }
}
#else
size_t vector_math_version_count(void) { return 1; }

vector_math_version vector_math_version_at(size_t index) { return vector_math_baseline(); }
#endif
