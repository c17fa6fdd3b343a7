/* Generated from sdk/interfaces/settings.toml; do not edit. */
#ifndef MORTISE_ABI_SETTINGS_H
#define MORTISE_ABI_SETTINGS_H

/** \file
 *  mortise.settings/1, experimental, since 0.1.
 *
 *  The plugin's settings, as the manifest's JSON Schema declares them, with its defaults filled in. Secrets are
 *  not here (see mortise.secrets/1). When they change the host calls settings_changed.
 */

#include <mortise/abi/root.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MORTISE_SETTINGS_ID "mortise.settings/1"

/** The table of mortise.settings/1; the file's comment says what it is for. */
typedef struct mortise_settings {
    mortise_interface head; /**< size and revision */

    /** Gives one setting, or all of them as a map.
     *
     *  Thread: init, strand, job.  Since 0.1.
     *    key     the setting; empty gives all
     *    result  receives the value, once
     *  Errors:
     *    MORTISE_E_NOT_FOUND  the manifest declares no such setting
     */
    mortise_status (*get)(
        mortise_self self,
        mortise_text key,
        mortise_sink result,
        mortise_error* error
    ) MORTISE_NOEXCEPT;
} mortise_settings;

#ifdef __cplusplus
}
#endif

#endif
