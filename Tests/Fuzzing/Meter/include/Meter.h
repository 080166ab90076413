#pragma once

#include <stddef.h>

/// Whether this build can measure memory: with glibc, and without a sanitizer, which has an allocator
/// of its own.
int aif_can_measure_memory(void);

/// Forgets the peak: from here on it is what is held now.
void aif_begin_measuring_memory(void);
/// How many bytes more than at the beginning were held at once, on all threads together.
size_t aif_peak_memory(void);
