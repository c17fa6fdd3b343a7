#pragma once

/// \file
/// Between `mortise::Error` and what crosses the border: a status code and the caller's `mortise_error`.

#include <mortise/result.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace mortise {

/// The status as an ErrorCode; a code that this side does not know, and anything that is no error, is
/// `internal`.
constexpr ErrorCode error_code(mortise_status status) noexcept
{
    const bool known = status <= MORTISE_E_INVALID && status >= MORTISE_E_INTERNAL;
    return known ? static_cast<ErrorCode>(status) : ErrorCode::internal;
}

constexpr mortise_status to_status(ErrorCode code) noexcept
{
    return static_cast<mortise_status>(code);
}

/// The name of a code as it stands in messages and in JSON, such as "not_found".
constexpr std::string_view name(ErrorCode code) noexcept
{
    switch (code) {
    case ErrorCode::invalid:
        return "invalid";
    case ErrorCode::null:
        return "null";
    case ErrorCode::size:
        return "size";
    case ErrorCode::thread:
        return "thread";
    case ErrorCode::revoked:
        return "revoked";
    case ErrorCode::refused:
        return "refused";
    case ErrorCode::not_found:
        return "not_found";
    case ErrorCode::conflict:
        return "conflict";
    case ErrorCode::denied:
        return "denied";
    case ErrorCode::limit:
        return "limit";
    case ErrorCode::busy:
        return "busy";
    case ErrorCode::retry:
        return "retry";
    case ErrorCode::outcome_unknown:
        return "outcome_unknown";
    case ErrorCode::unsupported:
        return "unsupported";
    case ErrorCode::cancelled:
        return "cancelled";
    case ErrorCode::timeout:
        return "timeout";
    case ErrorCode::io:
        return "io";
    case ErrorCode::exception:
        return "exception";
    case ErrorCode::crashed:
        return "crashed";
    case ErrorCode::deadlock:
        return "deadlock";
    case ErrorCode::state:
        return "state";
    case ErrorCode::exists:
        return "exists";
    case ErrorCode::internal:
        return "internal";
    }
    return "internal";
}

namespace detail {

/// Copies as much of `text` as fits with its zero byte, never half a UTF-8 sequence.
template <std::size_t Size>
void copy_text(char (&target)[Size], std::string_view text) noexcept
{
    std::size_t size = std::min(text.size(), Size - 1);
    if (size < text.size())
        while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U)
            --size;
    if (size > 0) std::memcpy(target, text.data(), size);
    target[size] = 0;
}

template <std::size_t Size>
std::string_view read_text(const char (&source)[Size]) noexcept
{
    return {source, static_cast<std::size_t>(std::find(source, source + Size, '\0') - source)};
}

} // namespace detail

/// Writes an error into the caller's struct, which may be null or shorter than ours; gives the status to
/// return.
inline mortise_status report(
    mortise_error* target,
    ErrorCode code,
    std::string_view key,
    std::string_view where,
    std::string_view message
) noexcept
{
    if (target == nullptr) return to_status(code);
    const auto covers = [size = target->size](std::size_t end) { return end <= size; };
    if (covers(offsetof(mortise_error, key))) target->code = to_status(code);
    if (covers(offsetof(mortise_error, where))) detail::copy_text(target->key, key);
    if (covers(offsetof(mortise_error, message))) detail::copy_text(target->where, where);
    if (covers(sizeof(mortise_error))) detail::copy_text(target->message, message);
    return to_status(code);
}

inline mortise_status report(mortise_error* target, const Error& error) noexcept
{
    return report(target, error.code, error.key, error.where, error.message);
}

/// An error struct ready to be passed to a call.
inline mortise_error new_error() noexcept
{
    mortise_error error{};
    error.size = sizeof error;
    return error;
}

/// What a call answered, as an Error. `status` decides; the struct only adds words.
inline Error to_error(mortise_status status, const mortise_error& error)
{
    return {
        error_code(status),
        std::string{detail::read_text(error.message)},
        std::string{detail::read_text(error.key)},
        std::string{detail::read_text(error.where)},
        {}
    };
}

} // namespace mortise
