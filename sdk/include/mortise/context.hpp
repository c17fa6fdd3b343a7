#pragma once

/// \file
/// `mortise::Context`: who asks, and how. Commands, hooks and jobs are told.

#include <mortise/abi/plugin.h>
#include <mortise/value.hpp>

#include <cstdint>
#include <string_view>

namespace mortise {

namespace detail {

/// That of nobody in particular, for code that makes drafts by hand (tests).
inline constexpr mortise_context no_context = [] {
    mortise_context context{};
    context.size = sizeof context;
    return context;
}();

} // namespace detail

/// On whose behalf, and how, the host calls. Lives for the call; what you keep, copy. It only tells: the
/// rights of a person go with the call by themselves.
class Context {
public:
    /// Of a call that tells nothing.
    Context() noexcept : m_context{&detail::no_context} { }
    explicit Context(const mortise_context& context) noexcept : m_context{&context} { }

    /// A dry run: do everything, the host commits nothing. Leave out what leaves the house.
    bool is_preview() const noexcept { return m_context->preview != 0; }
    std::string_view actor() const noexcept
    {
        return text(m_context->actor);
    } ///< "user:NAME", "plugin:ID" or "host"
    Id user() const noexcept { return Id{static_cast<std::int64_t>(m_context->user)}; } ///< 0 for none
    std::string_view key() const noexcept { return text(m_context->key); } ///< idempotency key; may be empty
    Instant time() const noexcept { return {m_context->time}; }
    Instant deadline() const noexcept { return {m_context->deadline}; } ///< 0 for never
    /// The client's own name for what it asked; may be empty.
    std::string_view request() const noexcept { return text(m_context->request); }
    /// The program that asks: "cli", "console", "plugin com.acme.score"; may be empty.
    std::string_view client() const noexcept { return text(m_context->client); }
    /// How it came in: "console", "api", "agent", "public", "import", "plugin" or "host".
    std::string_view channel() const noexcept { return text(m_context->channel); }
    /// Language of whoever asks: "en", "de-CH".
    std::string_view locale() const noexcept { return text(m_context->locale); }
    /// The version that the record at hand must still have: give it to Work::update; 0 for any.
    std::uint64_t version() const noexcept { return m_context->version; }
    /// Show things as they were then; 0 for now. Queries that name no time take it by themselves.
    Instant as_of() const noexcept { return {m_context->as_of}; }
    std::uint64_t correlation() const noexcept { return m_context->correlation; }
    std::uint64_t causation() const noexcept { return m_context->causation; }

private:
    static std::string_view text(mortise_text text) noexcept { return {text.data, text.size}; }

    const mortise_context* m_context;
};

} // namespace mortise
