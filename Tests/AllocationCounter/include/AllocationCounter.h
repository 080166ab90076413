#pragma once

#include <stddef.h>

/// Whether this build can count: with glibc, and without a sanitizer, which has an allocator of its
/// own.
int aif_can_count_allocations(void);

/// Begins to count what this thread allocates; what was counted before stays.
void aif_begin_counting(void);
/// Ends counting.
void aif_end_counting(void);
/// How many allocations have been counted on this thread, and starts again from zero.
size_t aif_take_count(void);
