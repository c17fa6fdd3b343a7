/* Generated from sdk/interfaces; do not edit. */
#ifndef MORTISE_ABI_MORTISE_H
#define MORTISE_ABI_MORTISE_H

/** \file
 *  The whole contract: every interface of this release.
 */

#include <mortise/abi/blobs.h>
#include <mortise/abi/clock.h>
#include <mortise/abi/commands.h>
#include <mortise/abi/consent.h>
#include <mortise/abi/error.h>
#include <mortise/abi/events.h>
#include <mortise/abi/jobs.h>
#include <mortise/abi/log.h>
#include <mortise/abi/macros.h>
#include <mortise/abi/net.h>
#include <mortise/abi/plugin.h>
#include <mortise/abi/query.h>
#include <mortise/abi/records.h>
#include <mortise/abi/root.h>
#include <mortise/abi/secrets.h>
#include <mortise/abi/settings.h>
#include <mortise/abi/time.h>
#include <mortise/abi/value.h>
#include <mortise/abi/version.h>

#endif
