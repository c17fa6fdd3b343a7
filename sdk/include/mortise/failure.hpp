#pragma once

/// \file
/// How a handler fails: by throwing. `Failure` carries an Error through the plugin's own code; the C++ layer
/// turns it into a status where the host's call returns, so no exception ever leaves the library.

#include <mortise/result.hpp>
#include <mortise/status.hpp>

#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace mortise {

/// An Error on its way up.
class Failure : public std::exception {
public:
    explicit Failure(Error error) : m_error{std::move(error)} { }
    const Error& error() const noexcept { return m_error; }
    const char* what() const noexcept override { return m_error.message.c_str(); }

private:
    Error m_error;
};

/// Gives up with a code, a stable key such as "welcome.no_email" and, if known, the place.
[[noreturn]] inline void
fail(ErrorCode code, std::string key, std::string message = {}, std::string where = {})
{
    throw Failure{{code, std::move(message), std::move(key), std::move(where), {}}};
}

/// Says no, for a reason that `key` names: the caller sees MORTISE_E_REFUSED.
[[noreturn]] inline void refuse(std::string key, std::string message = {}, std::string where = {})
{
    fail(ErrorCode::refused, std::move(key), std::move(message), std::move(where));
}

namespace detail {

/// Whether a value can be copied; also of what is in a container, which std::is_copy_constructible leaves
/// out.
template <class T>
constexpr bool is_copyable()
{
    if constexpr (std::is_void_v<T>)
        return true;
    else if constexpr (requires { requires !std::is_same_v<typename T::value_type, T>; })
        return std::is_copy_constructible_v<T> && is_copyable<typename T::value_type>();
    else
        return std::is_copy_constructible_v<T>;
}

} // namespace detail

/// The value of a result; throws its error.
template <class T>
T require(Result<T>&& result)
{
    if (!result) throw Failure{std::move(result).error()};
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}
/// The same of a result that is kept: a copy of its value.
template <class T>
T require(const Result<T>& result)
{
    static_assert(
        detail::is_copyable<T>(),
        "this result cannot be copied: require the call itself, or require(std::move(result)) of one that is "
        "not const"
    );
    if constexpr (detail::is_copyable<T>()) {
        if (!result) throw Failure{result.error()};
        if constexpr (!std::is_void_v<T>) return *result;
    } else
        std::terminate();
}

/// The value of a result, or nothing if its error is `not_found`; throws every other error. For what may have
/// been deleted meanwhile: a call that fails for another reason is no answer, and a handler that goes on as
/// if it were loses its event.
template <class T>
std::optional<T> if_found(Result<T>&& result)
{
    if (!result && result.error().code == ErrorCode::not_found) return std::nullopt;
    return require(std::move(result));
}

namespace detail {

/// What the exception that is being handled says to the other side. Codes that only a host may give were
/// about a call that the plugin made; from the plugin itself they become INTERNAL.
inline mortise_status report_current_exception(mortise_error* error) noexcept
{
    try {
        throw;
    } catch (const Failure& failure) {
        switch (failure.error().code) {
        case ErrorCode::thread:
        case ErrorCode::revoked:
        case ErrorCode::timeout:
        case ErrorCode::crashed:
        case ErrorCode::deadlock:
            return report(
                error,
                ErrorCode::internal,
                failure.error().key,
                name(failure.error().code),
                failure.error().message
            );
        default:
            return report(error, failure.error());
        }
    } catch (const std::exception& exception) {
        return report(error, ErrorCode::exception, {}, {}, exception.what());
    } catch (...) {
        return report(error, ErrorCode::exception, {}, {}, "an exception that is no std::exception");
    }
}

/// The barrier: runs `body` and turns whatever it throws into a status.
template <class Body>
mortise_status guarded(mortise_error* error, Body&& body) noexcept
{
    try {
        body();
        return MORTISE_OK;
    } catch (...) {
        return report_current_exception(error);
    }
}

} // namespace detail

} // namespace mortise
