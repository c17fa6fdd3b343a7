#include "plugins/host_functions.hpp"

#include "base/clock.hpp"
#include "plugins/guard.hpp"
#include "plugins/host_net.hpp"
#include "plugins/instance.hpp"
#include "plugins/plugin_secrets.hpp"

namespace mortise::host {

HostFunctions::HostFunctions(
    PluginServices& services, Background& background, PluginSecrets& secrets, ConsentBook& consent
)
    : m_log{{services, background, m_shapes}},
      m_clock{{services, background, m_shapes}},
      m_records{{services, background, m_shapes}},
      m_query{{services, background, m_shapes}},
      m_events{{services, background, m_shapes}},
      m_commands{{services, background, m_shapes}},
      m_secrets{{services, background, m_shapes}, secrets},
      m_jobs{{services, background, m_shapes}},
      m_blobs{{services, background, m_shapes}},
      m_net{std::make_unique<HostNet>(HostTools{services, background, m_shapes})},
      m_consent{consent},
      m_calls{
          .log = &m_log,
          .clock = &m_clock,
          .time = &m_time,
          .records = &m_records,
          .query = &m_query,
          .events = &m_events,
          .commands = &m_commands,
          .settings = &m_settings,
          .secrets = &m_secrets,
          .jobs = &m_jobs,
          .blobs = &m_blobs,
          .consent = &m_consent,
          .net = m_net.get(),
      }
{
}

HostFunctions::~HostFunctions() = default;

Error no_unit(std::uint64_t work)
{
    return {
        .code = ErrorCode::not_found,
        .message = "no unit of work " + std::to_string(work) + " is open in this call",
        .key = "plugin.no_unit",
        .where = "work",
        .hint = "a unit lives as long as the call that it was given to or opened in",
    };
}

Result<void> HostLog::write(
    Caller& caller, std::uint32_t level, std::string_view key, std::string_view message, ValueView fields
)
{
    if (level < static_cast<std::uint32_t>(LogLevel::debug)
        || level > static_cast<std::uint32_t>(LogLevel::error))
        return Error{
            .code = ErrorCode::invalid,
            .message = "there is no level " + std::to_string(level),
            .key = "log.level",
            .where = "level",
        };
    if (level == static_cast<std::uint32_t>(LogLevel::debug)) return {}; // off by default
    const Value details = fields.value();
    LogLine line{
        .time = m_tools.services.clock.now(),
        .level = static_cast<LogLevel>(level),
        .key = std::string{key},
        .message = std::string{message},
        .fields = details.get_or(Map{}),
    };
    caller.instance().log().add(std::move(line), caller.instance().quota(Quota::log_lines));
    return {};
}

Result<void> HostClock::now(Caller&, std::int64_t& time)
{
    time = m_tools.services.clock.now().microseconds;
    return {};
}

Result<void> HostSettings::get(Caller& caller, std::string_view key, border::Sink result)
{
    const auto settings = caller.instance().settings();
    if (key.empty()) return result.write(*settings);
    const ValueView found = settings->view()[key];
    if (!found.exists())
        return Error{
            .code = ErrorCode::not_found,
            .message = "plugin.json declares no setting \"" + std::string{key} + "\"",
            .key = "settings.unknown",
            .where = std::string{key},
        };
    return result.write(ValueBlock::copy(found));
}

Result<void> HostSecrets::reveal(Caller& caller, std::string_view name, border::Sink secret)
{
    const Instance& instance = caller.instance();
    MORTISE_CHECK(instance.own_context().principal.require("secrets.reveal"));
    MORTISE_TRY(const SecretText text, m_secrets.reveal(instance.manifest(), name));
    // Told before it is given, so that none is given untold.
    EventDraft audit;
    audit.type = "secret.revealed";
    audit.event_class = EventClass::audit;
    audit.data = Map{{"plugin", instance.id()}, {"secret", name}};
    MORTISE_CHECK(m_tools.background.publish(
        instance.id(), caller.context(), {std::move(audit)}, instance.quota(Quota::queued_events)
    ));
    Value value{text.view()};
    MORTISE_TRY(const ValueBlock block, encode(value));
    wipe(*value.as<std::string>());
    auto given = secret.write(block);
    // The block is ours and no constant; nobody reads it any more.
    wipe(const_cast<mortise_value*>(block.tree().root), block.tree().bytes);
    return given;
}

} // namespace mortise::host
