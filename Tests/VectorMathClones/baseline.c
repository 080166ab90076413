#define AIF_TARGET_CLONES
#define AIF_VERSION(name) name##_baseline
#define AIF_VERSION_NAME "baseline"

#include "Version.h"
