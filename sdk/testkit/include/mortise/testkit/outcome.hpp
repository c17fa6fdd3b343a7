#pragma once

/// \file
/// `Outcome`: how something that a test did ended, with the whole story for whoever reads the test's result.
/// `Check`: whether something is as the test expects, with the reason if not.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <concepts>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace mortise::testkit {

/// Thrown where a test cannot go on: its text is the story.
class Unexpected : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Something like GoogleTest's AssertionResult: made from a bool, takes words by <<. Only so can a framework
/// print the story without this header knowing it.
template <class Assertion>
concept AssertionLike = requires(const Assertion& assertion, Assertion& written, const std::string& words) {
    assertion.failure_message();
    assertion.message();
    written << words;
} && std::constructible_from<Assertion, bool>;

/// Yes or no, and why no.
class [[nodiscard]] Check {
public:
    Check() = default; ///< yes
    static Check failed(std::string why)
    {
        Check check;
        check.m_why = std::move(why);
        return check;
    }

    explicit operator bool() const noexcept { return !m_why; }
    const std::string& why() const noexcept
    {
        static const std::string nothing;
        return m_why ? *m_why : nothing;
    }
    template <AssertionLike Assertion>
    operator Assertion() const
    {
        Assertion assertion{!m_why};
        assertion << why();
        return assertion;
    }

private:
    std::optional<std::string> m_why;
};

/// Who refused a change, and why.
struct Refusal {
    std::string plugin{}; ///< "com.acme.leadscore"
    std::string hook{}; ///< "contact.delete"
    std::string key{}; ///< "leadscore.hot": the stable name of the reason
    std::string field{}; ///< empty if it is about the whole record
    std::string reason{}; ///< for people
};

/// What went wrong: the error, who refused, and the story.
struct Trouble {
    Error error;
    Refusal refusal; ///< empty unless a hook refused
    std::string story;
};

/// The value of something that went well, or what went wrong. `T` is void for things without a value.
template <class T>
class [[nodiscard]] Outcome {
public:
    Outcome(T value) : m_value{std::move(value)} { }
    Outcome(Trouble trouble) : m_trouble{std::move(trouble)} { }

    bool ok() const noexcept { return m_value.has_value(); }
    explicit operator bool() const noexcept { return ok(); }

    /// The value; throws Unexpected with the story if there is none.
    const T& value() const&
    {
        if (!m_value) throw Unexpected{m_trouble.story};
        return *m_value;
    }
    T value() &&
    {
        if (!m_value) throw Unexpected{m_trouble.story};
        return *std::move(m_value);
    }
    const T& operator*() const& { return value(); }
    const T* operator->() const { return &value(); }

    /// The error; of something that went well it has the code `internal` and no words.
    const Error& error() const noexcept { return m_trouble.error; }
    const Refusal& refusal() const noexcept { return m_trouble.refusal; }
    /// What was tried, what the plugin did, what the contract says and where it is written; empty if it went
    /// well.
    const std::string& story() const noexcept { return m_trouble.story; }

    template <AssertionLike Assertion>
    operator Assertion() const
    {
        Assertion assertion{ok()};
        assertion << story();
        return assertion;
    }

private:
    std::optional<T> m_value;
    Trouble m_trouble;
};

template <>
class [[nodiscard]] Outcome<void> {
public:
    Outcome() = default;
    Outcome(Trouble trouble) : m_trouble{std::move(trouble)}, m_ok{false} { }

    bool ok() const noexcept { return m_ok; }
    explicit operator bool() const noexcept { return m_ok; }
    void value() const
    {
        if (!m_ok) throw Unexpected{m_trouble.story};
    }
    const Error& error() const noexcept { return m_trouble.error; }
    const Refusal& refusal() const noexcept { return m_trouble.refusal; }
    const std::string& story() const noexcept { return m_trouble.story; }

    template <AssertionLike Assertion>
    operator Assertion() const
    {
        Assertion assertion{ok()};
        assertion << story();
        return assertion;
    }

private:
    Trouble m_trouble;
    bool m_ok{true};
};

template <class T>
std::ostream& operator<<(std::ostream& out, const Outcome<T>& outcome)
{
    return out << (outcome.ok() ? std::string{"went well"} : outcome.story());
}

inline std::ostream& operator<<(std::ostream& out, const Check& check)
{
    return out << (check ? std::string{"as expected"} : check.why());
}

} // namespace mortise::testkit
