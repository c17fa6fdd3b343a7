/* Generated from sdk/interfaces/net.toml; do not edit. */
#ifndef MORTISE_ABI_NET_H
#define MORTISE_ABI_NET_H

/** \file
 *  mortise.net/1, experimental, since 0.1.
 *
 *  Connections to other machines. The host resolves the name, connects, speaks TLS and checks the certificate;
 *  the plugin reads and writes bytes. A plugin reaches only what its manifest asks for under `permissions`:
 *
 *    net:smtp.example.com:465   that host and port; without a port, every port of it
 *    net:*.example.com          every host below a domain; `net:*` every host
 *    net:{smtp_host}            the hosts that stand in a setting of the plugin: a text or a list of texts, each host or host:port
 *    net:{mailbox.imap_host}    the hosts that stand in a field of the plugin's own records; the field is indexed, and the plugin
 *                               writes it only on behalf of a person
 *
 *  A host that only a `*` covers must have a public address, so that nobody is led to the inside of the house.
 *
 *  A connection is a number. It lives until it is closed or the plugin is; one thread at a time uses it. When a
 *  call fails with another error than TIMEOUT of `read`, BUSY or CANCELLED of `wait`, nothing more can be sent
 *  on it: close it. What went wrong is told by the key of the error:
 *
 *    net.denied       no permission covers the host and port
 *    net.resolve      the name has no address, or no name server answered
 *    net.private      the name leads to an address inside the house, and only a `*` covers it
 *    net.connect      nobody answers there, or refuses; the message has the system's words
 *    net.tls          the other side does not speak TLS, or another one; the message has the reason
 *    net.certificate  its certificate is not good; the message has the reason
 *    net.lost         the connection broke, or was ended without the farewell that TLS asks for
 *    net.timeout      the time was over
 *    net.cancelled    the plugin is being closed, or somebody asked the job to stop
 *    net.closed       no such connection is open
 */

#include <mortise/abi/root.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** When a connection is encrypted. */
enum mortise_net_tls {
    MORTISE_NET_TLS_NONE = 0,   /**< not from the beginning; `start_tls` may follow */
    MORTISE_NET_TLS_DIRECT = 1  /**< from the first byte on */
};

/** Where to connect to, and how. */
typedef struct mortise_net_target {
    uint32_t size; /**< sizeof(mortise_net_target) as the writer knows it */
    uint32_t tls; /**< a `mortise_net_tls` */
    mortise_text host; /**< a name, or an IP address */
    uint32_t port; /**< 1 to 65,535 */
    uint32_t timeout_ms; /**< for all of it: name, connection, TLS; 0 for 30,000 */
    mortise_text server_name; /**< the name that the certificate must have; empty for `host` */
} mortise_net_target;
#define MORTISE_NET_TARGET_MIN_SIZE 48 /* as of its first release */

#define MORTISE_NET_ID "mortise.net/1"

/** The table of mortise.net/1; the file's comment says what it is for. */
typedef struct mortise_net {
    mortise_interface head; /**< size and revision */

    /** Connects. Every address that the name has is tried in turn.
     *
     *  Thread: strand, job.  Since 0.1.
     *    target      where to
     *    connection  the connection (written on success)
     *  Errors:
     *    MORTISE_E_DENIED     no permission covers it: `net.denied`, `net.private`
     *    MORTISE_E_IO         `net.resolve`, `net.connect`, `net.tls`, `net.certificate`
     *    MORTISE_E_TIMEOUT    `net.timeout`
     *    MORTISE_E_CANCELLED  `net.cancelled`
     *    MORTISE_E_LIMIT      as many connections as the quota `net_open` are open
     *    MORTISE_E_BUSY       more were opened within a minute than the quota `net_connects`
     */
    mortise_status (*connect)(
        mortise_self self,
        const mortise_net_target* target,
        uint64_t* connection,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Encrypts an open connection, after both sides agreed to in plain text. What was read before is not to be
     *  believed any more, and must all have been used: what a stranger puts behind the agreement would count as
     *  said by the server.
     *
     *  Thread: strand, job.  Since 0.1.
     *    connection   the connection
     *    server_name  the name that the certificate must have; empty for the host that was connected to
     *    timeout_ms   0 for 30,000
     *  Errors:
     *    MORTISE_E_NOT_FOUND  `net.closed`
     *    MORTISE_E_STATE      it is encrypted already
     *    MORTISE_E_IO         `net.tls`, `net.certificate`, `net.lost`
     *    MORTISE_E_TIMEOUT    `net.timeout`
     *    MORTISE_E_CANCELLED  `net.cancelled`
     *    MORTISE_E_BUSY       another thread uses the connection
     */
    mortise_status (*start_tls)(
        mortise_self self,
        uint64_t connection,
        mortise_text server_name,
        uint32_t timeout_ms,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Waits until something arrives and gives what is there. A connection that stays silent for the time is
     *  still good after TIMEOUT. When the plugin is closed, a read that is under way has a moment left to end.
     *
     *  Thread: strand, job.  Since 0.1.
     *    connection  the connection
     *    most        bytes at most; 1 to 262,144
     *    timeout_ms  0 for 30,000
     *    data        receives bytes, once; none at all when the other side has ended the connection
     *  Errors:
     *    MORTISE_E_NOT_FOUND  `net.closed`
     *    MORTISE_E_IO         `net.lost`
     *    MORTISE_E_TIMEOUT    nothing came in time
     *    MORTISE_E_CANCELLED  `net.cancelled`
     *    MORTISE_E_BUSY       another thread uses the connection
     */
    mortise_status (*read)(
        mortise_self self,
        uint64_t connection,
        uint64_t most,
        uint32_t timeout_ms,
        mortise_sink data,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Sends all of it. That it was sent does not say that it arrived; when a write fails nobody knows how much
     *  of it did.
     *
     *  Thread: strand, job.  Since 0.1.
     *    connection  the connection
     *    data        bytes, or a text
     *    timeout_ms  0 for 30,000
     *  Errors:
     *    MORTISE_E_NOT_FOUND  `net.closed`
     *    MORTISE_E_IO         `net.lost`
     *    MORTISE_E_TIMEOUT    the other side did not take it in time
     *    MORTISE_E_CANCELLED  `net.cancelled`
     *    MORTISE_E_BUSY       another thread uses the connection
     */
    mortise_status (*write)(
        mortise_self self,
        uint64_t connection,
        mortise_tree data,
        uint32_t timeout_ms,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Waits until one of several connections has something to read, or has ended. This is where to be idle: it
     *  ends at once when the plugin is closed or somebody asks the job to stop.
     *
     *  Thread: job.  Since 0.1.
     *    connections  at most 1,024
     *    timeout_ms   0 looks and does not wait
     *    ready        one that `read` gives something from at once; 0 when the time was over (written on success)
     *  Errors:
     *    MORTISE_E_NOT_FOUND  `net.closed`: one of them is not open
     *    MORTISE_E_LIMIT      too many
     *    MORTISE_E_CANCELLED  `net.cancelled`
     */
    mortise_status (*wait)(
        mortise_self self,
        const uint64_t* connections,
        uint64_t connections_count,
        uint32_t timeout_ms,
        uint64_t* ready,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Tells about a connection: for logs, and to show an admin which server answered.
     *
     *  Thread: strand, job.  Since 0.1.
     *    connection  the connection
     *    facts       receives a map: `host`, `port`, `address`, `read` and `written` (bytes), `tls` (null or a
     *                map: `version`, `cipher`, `subject`, `issuer`, `until` as a time, `sha256` of the
     *                certificate in hex)
     *  Errors:
     *    MORTISE_E_NOT_FOUND  `net.closed`
     *    MORTISE_E_BUSY       another thread uses the connection
     */
    mortise_status (*describe)(
        mortise_self self,
        uint64_t connection,
        mortise_sink facts,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Ends a connection; whoever waits for it is let go. With TLS the farewell is sent if that needs no
     *  waiting.
     *
     *  Thread: any.  Since 0.1.
     *    connection  the connection
     *  Errors:
     *    MORTISE_E_NOT_FOUND  `net.closed`
     */
    mortise_status (*close)(mortise_self self, uint64_t connection, mortise_error* error) MORTISE_NOEXCEPT;
} mortise_net;

#ifdef __cplusplus
}
#endif

#endif
