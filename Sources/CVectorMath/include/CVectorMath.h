#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Element functions: an element's result depends on that element alone, never on its place in the
// array, the array's length or the processor. Errors of exp and log are below 1 unit in the last
// place, of digamma and its excess below 4.

/// y[i] = exp(x[i]).
void aif_vector_exp(const double *restrict x, double *restrict y, size_t n);
/// x[i] = exp(x[i]).
void aif_vector_exp_in_place(double *x, size_t n);
/// x[i] = exp(x[i] - shift).
void aif_vector_exp_shifted(double *x, double shift, size_t n);
/// exp(x), the same bits as the vector forms.
double aif_exp1(double x);
/// y = the softmax of each of several runs of x that follow one another, eight numbers at most in all and less
/// than eight in any; each sum runs in order. A run is NaN where a number of it is, or none is finite. Whether
/// no bit of y has changed.
int aif_softmax_runs(
    const double *restrict x, const ptrdiff_t *restrict sizes, size_t runs, double *restrict y);

/// y[i] = ln(x[i]).
void aif_vector_log(const double *restrict x, double *restrict y, size_t n);
/// x[i] = ln(x[i]).
void aif_vector_log_in_place(double *x, size_t n);
/// y[i] = ln(x[i]), or ln(floor) where x[i] is less; floor is at least 2^-1022.
void aif_vector_log_floored(const double *restrict x, double floor, double *restrict y, size_t n);
/// ln(x), the same bits as the vector forms.
double aif_log1(double x);

/// y[i] = ψ(x[i]), for x[i] > 0.
void aif_vector_digamma(const double *restrict x, double *restrict y, size_t n);
/// x[i] = ψ(x[i]), for x[i] > 0.
void aif_vector_digamma_in_place(double *x, size_t n);
/// ψ(x), the same bits as the vector forms.
double aif_digamma1(double x);

/// y[i] = ψ(a[i] + 1) - ln a[i], for a[i] > 0.
void aif_vector_digamma_excess(const double *restrict a, double *restrict y, size_t n);
/// ψ(a + 1) - ln a, the same bits as the vector form.
double aif_digamma_excess1(double a);

/// ln |Γ(x)|, without the global sign that `lgamma` writes.
double aif_log_gamma(double x);

/// y = Mᵀ x for a row-major matrix: each sum runs over the rows in order.
void aif_transposed_matrix_vector(
    const double *restrict m, size_t rows, size_t columns, const double *restrict x,
    double *restrict y);

// The same for eight lanes: an element of x, y, scale and result is eight numbers. The table p or m is
// shared by the lanes, or has an element of eight itself where the name says `own`. A lane's bits are
// those of the plain kernels.

/// y = Mᵀ x.
void aif_lanes_transposed_matrix(
    const double *restrict m, size_t rows, size_t columns, const double *restrict x,
    double *restrict y);
void aif_own_lanes_transposed_matrix(
    const double *restrict m, size_t rows, size_t columns, const double *restrict x,
    double *restrict y);
/// result = sum over i of p[i] x[i], in the order of `Contraction.dot`.
void aif_lanes_dot(
    const double *restrict p, const double *restrict x, size_t count, double *restrict result);
void aif_own_lanes_dot(const double *p, const double *x, size_t count, double *restrict result);
/// result = sum over i of x[i], in the same order.
void aif_lanes_sum(const double *restrict x, size_t count, double *restrict result);
/// y[i] += scale p[i].
void aif_lanes_add_scaled(
    const double *restrict scale, const double *restrict p, double *restrict y, size_t count);
void aif_own_lanes_add_scaled(
    const double *restrict scale, const double *restrict p, double *restrict y, size_t count);
/// y, of length elements, has in each place the sum of the x[i] that go there, in order.
void aif_lanes_move(
    const double *restrict x, size_t count, const int32_t *restrict places, double *restrict y,
    size_t length);

/// y[i] = x[i] in the lane that y begins with, where x is an array of n plain numbers.
static inline void aif_lane_spread(const double *x, double *y, size_t n) {
  for (size_t i = 0; i < n; i++) y[8 * i] = x[i];
}

/// y[places[i]] += x[i], in order, in the lane that y begins with, where x is an array of n plain numbers.
static inline void aif_lane_add(
    const double *x, size_t n, const int32_t *places, double *y) {
  for (size_t i = 0; i < n; i++) y[8 * (ptrdiff_t)places[i]] += x[i];
}

/// Vectors that lie in the lanes of blocks, vector k in lane k % 8 of block k / 8, and a table to find
/// them by their bits. A slot holds a vector's number in its lower half and in its upper one the mark of
/// the table that it was noted in; slots with another mark are empty. There are always empty slots; where
/// there are none at all, no vector is looked for and all are new.
typedef struct {
  uint64_t *slots;
  /// The number of slots, a power of 2, less 1.
  uint64_t mask;
  uint64_t mark;
  /// Elements of a vector.
  size_t size;
} aif_known_vectors;

/// Finds the vectors in some lanes of a block among those that are known, and adds those that are new.
///
/// Lane i is looked for where found[(i - first) * stride] is `wanted`, and its number is written there.
/// `blocks` holds one address of a block every `step` bytes. Returns `next` and however many there were
/// that are new, which have been copied into place.
size_t aif_lanes_find(
    const double *x, const uint64_t hashes[8], size_t first, size_t end, const void *blocks,
    size_t step, const aif_known_vectors *known, int32_t *found, size_t stride, int32_t wanted,
    size_t next);

/// One word a lane that depends on the bits of all n elements.
void aif_lanes_hash(const double *restrict x, size_t n, uint64_t *restrict result);
/// The greatest of n elements by lane, -infinity if there is none, NaN if one is.
void aif_lanes_greatest(const double *restrict x, size_t n, double *restrict result);
/// The greatest of n numbers, -infinity if there is none, NaN if one is. Of zeros of both signs it may be
/// another than the first, which is a lane's.
double aif_greatest(const double *restrict x, size_t n);

/// result = sum over i of p[i] ln(max(p[i], floor)), in the order of `aif_own_lanes_dot`, for
/// 2^-1022 <= floor <= 1; scratch has room for count elements.
void aif_lanes_negentropy(
    const double *restrict p, double floor, size_t count, double *restrict scratch,
    double *restrict result);

#ifdef __cplusplus
}
#endif
