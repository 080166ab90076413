#pragma once

#include <cblas.h>
#include <stddef.h>

// LAPACK's, which OpenBLAS holds; its header is a package of its own that this needs no more of. The last
// argument is the length of the text, which Fortran passes unseen.
void dgetrf_(
    const blasint *rows, const blasint *columns, double *matrix, const blasint *stride,
    blasint *pivots, blasint *info);
void dgetrs_(
    const char *transposed, const blasint *order, const blasint *solutions, const double *matrix,
    const blasint *stride, const blasint *pivots, double *x, const blasint *x_stride,
    blasint *info, size_t transposed_length);
