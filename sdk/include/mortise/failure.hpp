#pragma once

/// \file
/// How a handler fails: by throwing. `Failure` carries an Error through the plugin's own code; the C++ layer
/// turns it into a status where the host's call returns, so no exception ever leaves the library.

#include <mortise/result.hpp>
#include <mortise/status.hpp>

#include <exception>
#include <string>
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

/// The value of a result; throws its error.
template <class T>
T require(Result<T> result)
{
    if (!result) throw Failure{std::move(result).error()};
    if constexpr (!std::is_void_v<T>) return *std::move(result);
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
