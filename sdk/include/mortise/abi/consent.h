/* Generated from sdk/interfaces/consent.toml; do not edit. */
#ifndef MORTISE_ABI_CONSENT_H
#define MORTISE_ABI_CONSENT_H

/** \file
 *  mortise.consent/1, experimental, since 0.1.
 *
 *  Whether something may be sent to somebody. Each message that leaves for a contact needs a ticket: ask for
 *  tickets when you are about to send, redeem each when its message goes out. A ticket is good for one message
 *  of its contact, contact point, channel and purpose, for 60 seconds. What people agreed to is on record in
 *  the host (commands `consents.give`, `consents.withdraw`, `consents.show`); the plugin needs the permission
 *  `send.CHANNEL`, such as `send.email`.
 *
 *  A refusal is no error: the answer has a key and says why.
 *
 *    consent.none         the purpose needs the contact's consent, and there is none
 *    consent.pending      it was asked for, and not confirmed yet
 *    consent.expired      it was given for a time that is over
 *    consent.withdrawn    the contact opted out
 *    consent.suppressed   the address is on the list of those that get nothing
 *    consent.bad_point    the contact point is not valid now, or bounced
 *    consent.quiet_hours  not at this hour; `again` says when
 *    consent.frequency    the contact has had as many as the purpose allows; `again` says when
 *    consent.no_contact, consent.no_point, consent.no_purpose  there is none of that name or number
 */

#include <mortise/abi/root.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A message that the plugin wants to send. */
typedef struct mortise_send_request {
    uint32_t size; /**< sizeof(mortise_send_request) as the writer knows it */
    /** 1: tell whether it would be allowed, and make no ticket; the same for all of a call */
    uint32_t only_ask;
    uint64_t contact; /**< to whom */
    uint64_t point; /**< the contact point: its address */
    mortise_text channel; /**< email, phone, sms, post or messenger */
    mortise_text purpose; /**< the purpose's name */
} mortise_send_request;
#define MORTISE_SEND_REQUEST_MIN_SIZE 56 /* as of its first release */

#define MORTISE_CONSENT_ID "mortise.consent/1"

/** The table of mortise.consent/1; the file's comment says what it is for. */
typedef struct mortise_consent {
    mortise_interface head; /**< size and revision */

    /** Asks for a ticket for each of some messages. What was granted counts as sent for caps until it is
     *  redeemed or its time is over.
     *
     *  Thread: strand, job.  Since 0.1.
     *    requests  at most 1,000
     *    answers   receives a map for each, in order: `ticket` (a whole number, not there if it was refused or
     *              only asked), `allowed` (a bool); if it was refused `key`, `message`, and perhaps `again`, a
     *              time
     *  Errors:
     *    MORTISE_E_DENIED     the permission `send.CHANNEL` was not granted
     *    MORTISE_E_LIMIT      too many requests
     *    MORTISE_E_CANCELLED  the sink stopped it; the tickets that were made lapse
     */
    mortise_status (*ask)(
        mortise_self self,
        const mortise_send_request* requests,
        uint64_t requests_count,
        mortise_sink answers,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Uses a ticket up. Send when it succeeds, and only then.
     *
     *  Thread: strand, job.  Since 0.1.
     *    ticket  the ticket
     *  Errors:
     *    MORTISE_E_NOT_FOUND  `consent.no_ticket`: no such ticket of this plugin, or it lapsed long ago
     *    MORTISE_E_STATE      `consent.used`: it was used before; `consent.too_late`: it was good for 60 seconds
     */
    mortise_status (*redeem)(mortise_self self, uint64_t ticket, mortise_error* error) MORTISE_NOEXCEPT;
} mortise_consent;

#ifdef __cplusplus
}
#endif

#endif
