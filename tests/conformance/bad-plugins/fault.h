/* Which fault this plugin has. */
#ifndef MORTISE_BAD_PLUGIN_FAULT_H
#define MORTISE_BAD_PLUGIN_FAULT_H

#include <mortise/abi/macros.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Its name; empty for the plugin that is good. */
const char* mortise_fault(void);

#ifdef __cplusplus
}
#endif

#endif
