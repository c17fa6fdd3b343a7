#include "plugins/context_block.hpp"

namespace mortise::host {

namespace {

mortise_text text_of(std::string_view text) noexcept
{
    return {text.data(), text.size()};
}

} // namespace

ContextBlock::ContextBlock(const CallContext& context, Instant now, std::int64_t deadline)
    : m_actor{context.principal.is_system ? "host" : context.principal.name()}
{
    m_context.size = sizeof m_context;
    m_context.preview = context.dry_run ? 1 : 0;
    m_context.actor = text_of(m_actor);
    m_context.user = static_cast<std::uint64_t>(context.principal.user.number);
    m_context.key = text_of(context.idempotency_key);
    m_context.time = now.microseconds;
    m_context.deadline = deadline;
    m_context.correlation = static_cast<std::uint64_t>(context.correlation);
    m_context.causation = static_cast<std::uint64_t>(context.cause);
    m_context.request = text_of(context.request);
    m_context.client = text_of(context.client);
    m_context.channel = text_of(context.channel);
    m_context.locale = text_of(context.locale);
    m_context.version = static_cast<std::uint64_t>(context.expected_version);
    m_context.as_of = context.as_of.microseconds;
}

void ContextBlock::set_actor(std::string actor, Id user)
{
    m_actor = std::move(actor);
    m_context.actor = text_of(m_actor);
    m_context.user = static_cast<std::uint64_t>(user.number);
}

void ContextBlock::set_key(std::string_view key) noexcept
{
    m_context.key = text_of(key);
}

} // namespace mortise::host
