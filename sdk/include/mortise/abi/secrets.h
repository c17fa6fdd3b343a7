/* Generated from sdk/interfaces/secrets.toml; do not edit. */
#ifndef MORTISE_ABI_SECRETS_H
#define MORTISE_ABI_SECRETS_H

/** \file
 *  mortise.secrets/1, experimental, since 0.1.
 *
 *  Secrets: passwords and tokens that an admin gave this plugin, sealed at rest. Each reveal is audited.
 */

#include <mortise/abi/root.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MORTISE_SECRETS_ID "mortise.secrets/1"

/** The table of mortise.secrets/1; the file's comment says what it is for. */
typedef struct mortise_secrets {
    mortise_interface head; /**< size and revision */

    /** Gives a secret in clear. Needs the permission `secrets.reveal`. Use it at once and overwrite your copy.
     *
     *  Thread: strand, job.  Since 0.1.
     *  Ownership: the host overwrites its own copy when `secret` returns.
     *    name    the secret's name in the manifest's settings
     *    secret  receives a text, once
     *  Errors:
     *    MORTISE_E_NOT_FOUND  no such secret is declared, or none was given yet
     *    MORTISE_E_DENIED     the manifest does not ask for `secrets.reveal`, or it was not granted
     */
    mortise_status (*reveal)(
        mortise_self self,
        mortise_text name,
        mortise_sink secret,
        mortise_error* error
    ) MORTISE_NOEXCEPT;
} mortise_secrets;

#ifdef __cplusplus
}
#endif

#endif
