#if defined(__x86_64__)

#define AIF_TARGET_CLONES __attribute__((target("arch=x86-64-v3")))
#define AIF_VERSION(name) name##_x86_64_v3
#define AIF_VERSION_NAME "x86-64-v3"

#include "Version.h"

#endif
