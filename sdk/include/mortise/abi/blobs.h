/* Generated from sdk/interfaces/blobs.toml; do not edit. */
#ifndef MORTISE_ABI_BLOBS_H
#define MORTISE_ABI_BLOBS_H

/** \file
 *  mortise.blobs/1, experimental, since 0.1.
 *
 *  Files of records: attachments, documents, pictures. A field of the kind `file` refers to contents that the
 *  host keeps once, whoever else has the same. Contents come first and in pieces; what `finish` gives goes into
 *  a field of a record, and contents that no record refers to within a day are gone.
 *
 *  Who may read a record and the field may read its file. Who handed contents in, and who may read a record
 *  that has them, may let another field refer to them; knowing the digest alone gives nothing.
 *
 *  An open file is a number. It lives until it is finished, closed, or the plugin is; one thread at a time uses
 *  it. The key of an error tells what went wrong:
 *
 *    blobs.closed          no such file is open, or it was opened for the other purpose
 *    blobs.open            as many are open as the quota `files_open` allows
 *    blobs.too_large       more than the quota `file_bytes` allows
 *    blobs.missing         the contents are gone from the data folder
 *    records.no_file       the record has no file in that field
 *    records.no_file_field the field is of another kind
 */

#include <mortise/abi/root.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MORTISE_BLOBS_ID "mortise.blobs/1"

/** The table of mortise.blobs/1; the file's comment says what it is for. */
typedef struct mortise_blobs {
    mortise_interface head; /**< size and revision */

    /** Begins contents.
     *
     *  Thread: strand, job.  Since 0.1.
     *    file  the file; empty so far (written on success)
     *  Errors:
     *    MORTISE_E_LIMIT  `blobs.open`, or there is no room on the disk
     *    MORTISE_E_IO     the disk refuses
     */
    mortise_status (*begin)(mortise_self self, uint64_t* file, mortise_error* error) MORTISE_NOEXCEPT;

    /** Appends to contents that were begun.
     *
     *  Thread: strand, job.  Since 0.1.
     *    file  the file
     *    data  bytes, or a text
     *  Errors:
     *    MORTISE_E_NOT_FOUND  `blobs.closed`
     *    MORTISE_E_LIMIT      `blobs.too_large`, or there is no room on the disk
     *    MORTISE_E_BUSY       another thread uses the file
     *    MORTISE_E_IO         the disk refuses
     */
    mortise_status (*write)(
        mortise_self self,
        uint64_t file,
        mortise_tree data,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Makes contents durable and closes the file. For half a day, while the host runs, records that the plugin
     *  writes may refer to them.
     *
     *  Thread: strand, job.  Since 0.1.
     *    file       the file
     *    name       what people call it, such as "offer.pdf"; without a folder
     *    type       its media type (RFC 6838); empty for application/octet-stream
     *    reference  receives a map, once: `digest`, `name`, `size` in bytes, `type`; the value of a field of the
     *               kind `file`
     *  Errors:
     *    MORTISE_E_NOT_FOUND  `blobs.closed`
     *    MORTISE_E_BUSY       another thread uses the file
     *    MORTISE_E_LIMIT      there is no room on the disk
     *    MORTISE_E_IO         the disk refuses
     */
    mortise_status (*finish)(
        mortise_self self,
        uint64_t file,
        mortise_text name,
        mortise_text type,
        mortise_sink reference,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Opens the file of a record for reading. Later changes of the record do not change what is read.
     *
     *  Thread: strand, job.  Since 0.1.
     *    type    record type
     *    record  the record
     *    field   a field of the kind `file`
     *    file    the file (written on success)
     *    size    its bytes (written on success)
     *  Errors:
     *    MORTISE_E_NOT_FOUND  no such record, or none that may be read; `records.no_file`, `blobs.missing`
     *    MORTISE_E_INVALID    `records.no_file_field`, or there is no such type or field
     *    MORTISE_E_LIMIT      `blobs.open`
     *    MORTISE_E_IO         the disk refuses
     */
    mortise_status (*open)(
        mortise_self self,
        mortise_text type,
        uint64_t record,
        mortise_text field,
        uint64_t* file,
        uint64_t* size,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Gives a part of a file that is open for reading.
     *
     *  Thread: strand, job.  Since 0.1.
     *    file    the file
     *    offset  where the part begins, in bytes
     *    most    bytes at most; 1 to 262,144
     *    data    receives bytes, once; none at all at the end of the file
     *  Errors:
     *    MORTISE_E_NOT_FOUND  `blobs.closed`
     *    MORTISE_E_BUSY       another thread uses the file
     *    MORTISE_E_IO         the disk refuses
     */
    mortise_status (*read)(
        mortise_self self,
        uint64_t file,
        uint64_t offset,
        uint64_t most,
        mortise_sink data,
        mortise_error* error
    ) MORTISE_NOEXCEPT;

    /** Closes a file; contents that were begun and not finished are gone.
     *
     *  Thread: any.  Since 0.1.
     *    file  the file
     *  Errors:
     *    MORTISE_E_NOT_FOUND  `blobs.closed`
     */
    mortise_status (*close)(mortise_self self, uint64_t file, mortise_error* error) MORTISE_NOEXCEPT;
} mortise_blobs;

#ifdef __cplusplus
}
#endif

#endif
