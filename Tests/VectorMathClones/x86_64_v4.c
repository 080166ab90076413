#if defined(__x86_64__)

// As `target_clones` compiles it, which keeps no preference for shorter registers.
#define AIF_TARGET_CLONES __attribute__((target("arch=x86-64-v4,no-prefer-256-bit")))
#define AIF_VERSION(name) name##_x86_64_v4
#define AIF_VERSION_NAME "x86-64-v4"

#include "Version.h"

#endif
