/* Generated from sdk/interfaces/error.toml; do not edit. */
#ifndef MORTISE_ABI_ERROR_H
#define MORTISE_ABI_ERROR_H
#include <stdint.h>

typedef int32_t mortise_status;

enum mortise_code {
    MORTISE_OK = 0,
    MORTISE_E_INVALID = -1,
    MORTISE_E_NULL = -2,
    MORTISE_E_SIZE = -3,
    MORTISE_E_THREAD = -4,
    MORTISE_E_REVOKED = -5,
    MORTISE_E_REFUSED = -6,
    MORTISE_E_NOT_FOUND = -7,
    MORTISE_E_CONFLICT = -8,
    MORTISE_E_DENIED = -9,
    MORTISE_E_LIMIT = -10,
    MORTISE_E_BUSY = -11,
    MORTISE_E_RETRY = -12,
    MORTISE_E_OUTCOME_UNKNOWN = -13,
    MORTISE_E_UNSUPPORTED = -14,
    MORTISE_E_CANCELLED = -15,
    MORTISE_E_TIMEOUT = -16,
    MORTISE_E_IO = -17,
    MORTISE_E_EXCEPTION = -18,
    MORTISE_E_CRASHED = -19,
    MORTISE_E_DEADLOCK = -20,
    MORTISE_E_STATE = -21,
    MORTISE_E_EXISTS = -22,
    MORTISE_E_INTERNAL = -23
};

typedef struct mortise_error {
    uint32_t size;
    mortise_status code;
    char key[64];
    char where[128];
    char message[312];
} mortise_error;

#endif
