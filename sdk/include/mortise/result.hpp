#pragma once

/// \file
/// `mortise::Result<T>`: a value or an `Error`. Its members are those of C++23's std::expected, so that it
/// can become an alias of it once every supported compiler has it.

#include <mortise/abi/error.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace mortise {

/// What went wrong, one for one the codes of `mortise/abi/error.h`; that file says when each is returned.
enum class ErrorCode : std::int32_t {
    invalid = MORTISE_E_INVALID,
    null = MORTISE_E_NULL,
    size = MORTISE_E_SIZE,
    thread = MORTISE_E_THREAD,
    revoked = MORTISE_E_REVOKED,
    refused = MORTISE_E_REFUSED,
    not_found = MORTISE_E_NOT_FOUND,
    conflict = MORTISE_E_CONFLICT,
    denied = MORTISE_E_DENIED,
    limit = MORTISE_E_LIMIT,
    busy = MORTISE_E_BUSY,
    retry = MORTISE_E_RETRY,
    outcome_unknown = MORTISE_E_OUTCOME_UNKNOWN,
    unsupported = MORTISE_E_UNSUPPORTED,
    cancelled = MORTISE_E_CANCELLED,
    timeout = MORTISE_E_TIMEOUT,
    io = MORTISE_E_IO,
    exception = MORTISE_E_EXCEPTION,
    crashed = MORTISE_E_CRASHED,
    deadlock = MORTISE_E_DEADLOCK,
    state = MORTISE_E_STATE,
    exists = MORTISE_E_EXISTS,
    internal = MORTISE_E_INTERNAL,
};

/// An error as people and programs need it. `code` and `key` are the contract; `message` may be translated.
struct [[nodiscard]] Error {
    ErrorCode code{ErrorCode::internal};
    std::string message{}; ///< one sentence, lower case, no full stop, with the offending value
    std::string key{}; ///< stable name of the case, such as "welcome.email_needed"; may be empty
    std::string where{}; ///< the place: a field, a JSON pointer, "row 12, column email"; may be empty
    std::string hint{}; ///< how to mend it; may be empty
    std::string details{}; ///< more of it for programs, as JSON; may be empty

    friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
class [[nodiscard]] Result {
public:
    using value_type = T;
    using error_type = Error;

    Result(T value) : m_state{std::in_place_index<0>, std::move(value)} { }
    Result(Error error) : m_state{std::in_place_index<1>, std::move(error)} { }

    bool has_value() const noexcept { return m_state.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    T& operator*() & noexcept { return *std::get_if<0>(&m_state); }
    const T& operator*() const& noexcept { return *std::get_if<0>(&m_state); }
    T&& operator*() && noexcept { return std::move(*std::get_if<0>(&m_state)); }
    T* operator->() noexcept { return std::get_if<0>(&m_state); }
    const T* operator->() const noexcept { return std::get_if<0>(&m_state); }

    T value_or(T other) && { return has_value() ? std::move(**this) : std::move(other); }

    Error& error() & noexcept { return *std::get_if<1>(&m_state); }
    const Error& error() const& noexcept { return *std::get_if<1>(&m_state); }
    Error&& error() && noexcept { return std::move(*std::get_if<1>(&m_state)); }

private:
    std::variant<T, Error> m_state;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : m_error{std::move(error)} { }

    bool has_value() const noexcept { return !m_error; }
    explicit operator bool() const noexcept { return has_value(); }
    void operator*() const noexcept { }

    Error& error() & noexcept { return *m_error; }
    const Error& error() const& noexcept { return *m_error; }
    Error&& error() && noexcept { return std::move(*m_error); }

private:
    std::optional<Error> m_error;
};

} // namespace mortise

// NOLINTBEGIN(bugprone-macro-parentheses): `declaration` is not an expression.
/// Declares `declaration` from the value of `expression`, or returns its error from this function.
#define MORTISE_TRY(declaration, expression)                                                                 \
    MORTISE_TRY_IMPL_(MORTISE_CONCAT_(mortise_try_, __COUNTER__), declaration, expression)
#define MORTISE_TRY_IMPL_(tmp, declaration, expression)                                                      \
    auto tmp = (expression);                                                                                 \
    if (!tmp) return std::move(tmp).error();                                                                 \
    declaration = *std::move(tmp)
/// Returns the error of `expression`, whose value is not needed, from this function.
#define MORTISE_CHECK(expression)                                                                            \
    MORTISE_CHECK_IMPL_(MORTISE_CONCAT_(mortise_check_, __COUNTER__), expression)
#define MORTISE_CHECK_IMPL_(tmp, expression)                                                                 \
    if (auto tmp = (expression); !tmp) return std::move(tmp).error()
#define MORTISE_CONCAT_(a, b) MORTISE_CONCAT_IMPL_(a, b)
#define MORTISE_CONCAT_IMPL_(a, b) a##b
// NOLINTEND(bugprone-macro-parentheses)
