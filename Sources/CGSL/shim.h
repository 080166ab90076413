#pragma once

// Only these headers: gsl_randist.h would pull in GSL's CBLAS enumerations, which clash with
// those of OpenBLAS as soon as one Swift target imports both modules.
#include <gsl/gsl_errno.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_psi.h>
#include <stddef.h>
#include <stdint.h>

// From gsl_randist.h, by hand for the reason above.
double gsl_ran_gamma(const gsl_rng *generator, double shape, double scale);
void gsl_ran_dirichlet(
    const gsl_rng *generator, size_t count, const double *counts, double *probabilities);

/// Where a GSL sampler gets its random words: `next(context)` gives 64 uniform bits.
typedef struct {
  uint64_t (*next)(void *context);
  void *context;
} aif_random_source;

static inline unsigned long aif_random_source_get(void *state) {
  const aif_random_source *source = (const aif_random_source *)state;
  return (unsigned long)source->next(source->context);
}

static inline double aif_random_source_get_double(void *state) {
  const aif_random_source *source = (const aif_random_source *)state;
  return (double)(source->next(source->context) >> 11) * 0x1.0p-53;
}

// A source is addressed, never seeded: there is nothing to do.
static inline void aif_random_source_set(void *state, unsigned long seed) {
  (void)state;
  (void)seed;
}

// Makers instead of a `gsl_rng_type` global, which Swift 6 would refuse as unsafe to share.
static inline gsl_rng_type aif_random_source_type(void) {
  gsl_rng_type type = {
      "addressed stream",
      ~0UL,
      0,
      sizeof(aif_random_source),
      aif_random_source_set,
      aif_random_source_get,
      aif_random_source_get_double,
  };
  return type;
}

/// One Gamma(shape, 1) draw from `source`.
static inline double aif_gamma_draw(aif_random_source source, double shape) {
  const gsl_rng_type type = aif_random_source_type();
  const gsl_rng generator = {&type, &source};
  return gsl_ran_gamma(&generator, shape, 1.0);
}

/// One Dirichlet draw from `source`: `count` positive counts in, `count` probabilities out.
static inline void aif_dirichlet_draw(
    aif_random_source source, size_t count, const double *counts, double *probabilities) {
  const gsl_rng_type type = aif_random_source_type();
  const gsl_rng generator = {&type, &source};
  gsl_ran_dirichlet(&generator, count, counts, probabilities);
}
