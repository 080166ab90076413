// Compiles the sources of CVectorMath once more, for the processors that AIF_TARGET_CLONES names,
// with AIF_VERSION(name) for the name of each function. Included once by a file that defines both,
// and AIF_VERSION_NAME.

#define aif_vector_exp AIF_VERSION(aif_vector_exp)
#define aif_vector_exp_in_place AIF_VERSION(aif_vector_exp_in_place)
#define aif_vector_exp_shifted AIF_VERSION(aif_vector_exp_shifted)
#define aif_exp1 AIF_VERSION(aif_exp1)
#define aif_softmax_runs AIF_VERSION(aif_softmax_runs)
#define aif_vector_log AIF_VERSION(aif_vector_log)
#define aif_vector_log_in_place AIF_VERSION(aif_vector_log_in_place)
#define aif_vector_log_floored AIF_VERSION(aif_vector_log_floored)
#define aif_log1 AIF_VERSION(aif_log1)
#define aif_vector_digamma AIF_VERSION(aif_vector_digamma)
#define aif_vector_digamma_in_place AIF_VERSION(aif_vector_digamma_in_place)
#define aif_vector_digamma_excess AIF_VERSION(aif_vector_digamma_excess)
#define aif_digamma1 AIF_VERSION(aif_digamma1)
#define aif_digamma_excess1 AIF_VERSION(aif_digamma_excess1)
#define aif_transposed_matrix_vector AIF_VERSION(aif_transposed_matrix_vector)
#define aif_lanes_transposed_matrix AIF_VERSION(aif_lanes_transposed_matrix)
#define aif_own_lanes_transposed_matrix AIF_VERSION(aif_own_lanes_transposed_matrix)
#define aif_lanes_dot AIF_VERSION(aif_lanes_dot)
#define aif_own_lanes_dot AIF_VERSION(aif_own_lanes_dot)
#define aif_lanes_sum AIF_VERSION(aif_lanes_sum)
#define aif_lanes_add_scaled AIF_VERSION(aif_lanes_add_scaled)
#define aif_own_lanes_add_scaled AIF_VERSION(aif_own_lanes_add_scaled)
#define aif_lanes_move AIF_VERSION(aif_lanes_move)
#define aif_lanes_hash AIF_VERSION(aif_lanes_hash)
#define aif_lanes_greatest AIF_VERSION(aif_lanes_greatest)
#define aif_greatest AIF_VERSION(aif_greatest)
#define aif_lanes_negentropy AIF_VERSION(aif_lanes_negentropy)

#include "../../Sources/CVectorMath/digamma.c"
#include "../../Sources/CVectorMath/exp.c"
#include "../../Sources/CVectorMath/lanes.c"
#include "../../Sources/CVectorMath/log.c"
#include "../../Sources/CVectorMath/transposed_matrix_vector.c"

#include "VectorMathClones.h"

vector_math_version AIF_VERSION(vector_math)(void) {
  return (vector_math_version){
      .name = AIF_VERSION_NAME,
      .exp = aif_vector_exp,
      .exp_in_place = aif_vector_exp_in_place,
      .exp_shifted = aif_vector_exp_shifted,
      .softmax_runs = aif_softmax_runs,
      .log = aif_vector_log,
      .log_in_place = aif_vector_log_in_place,
      .log_floored = aif_vector_log_floored,
      .digamma = aif_vector_digamma,
      .digamma_in_place = aif_vector_digamma_in_place,
      .digamma_excess = aif_vector_digamma_excess,
      .transposed_matrix_vector = aif_transposed_matrix_vector,
      .lanes_transposed_matrix = aif_lanes_transposed_matrix,
      .own_lanes_transposed_matrix = aif_own_lanes_transposed_matrix,
      .lanes_dot = aif_lanes_dot,
      .own_lanes_dot = aif_own_lanes_dot,
      .lanes_sum = aif_lanes_sum,
      .lanes_add_scaled = aif_lanes_add_scaled,
      .own_lanes_add_scaled = aif_own_lanes_add_scaled,
      .lanes_move = aif_lanes_move,
      .lanes_hash = aif_lanes_hash,
      .lanes_greatest = aif_lanes_greatest,
      .greatest = aif_greatest,
      .lanes_negentropy = aif_lanes_negentropy,
  };
}
