#include "commands/registry.hpp"
#include "plugins/guard.hpp"
#include "plugins/host_functions.hpp"
#include "plugins/instance.hpp"

#include <mortise/abi/commands.h>

#include <algorithm>

namespace mortise::host {

namespace {

constexpr std::size_t longest_key = 200;

/// Whether the plugin may call a command at all. `waits`: it wants to wait for the answer.
Result<void> may_call(const Caller& caller, const CommandInfo& info, bool waits)
{
    const Instance& instance = caller.instance();
    if (!info.permission.empty()) MORTISE_CHECK(caller.context().principal.require(info.permission));
    if (info.provider == "mortise" || info.provider == instance.id()) return {};
    if (instance.manifest().requires_plugins.contains(info.provider)) return {};
    const bool is_offered = std::ranges::find(info.audience, "api") != info.audience.end();
    if (!waits && is_offered) return {};
    return Error{
        .code = ErrorCode::denied,
        .message = instance.id() + " does not require " + info.provider + ", which runs " + info.name,
        .key = "commands.not_required",
        .where = info.provider,
        .hint = waits ? "name it under \"requires\" in plugin.json, or post the command"
                      : "name it under \"requires\" in plugin.json",
    };
}

Result<CallContext>
context_of(const Caller& caller, const CommandInfo& info, const mortise_call_options* options)
{
    CallContext context = caller.context();
    context.client = "plugin " + caller.instance().id();
    context.channel = "plugin";
    context.idempotency_key.clear();
    context.expected_version = 0;
    context.dry_run = caller.context().dry_run;
    if (!options) return context;
    context.expected_version = static_cast<std::int64_t>(options->version);
    if (options->as_of != 0) context.as_of = Instant{options->as_of};
    if (options->locale.size > 0) context.locale = border::view(options->locale);
    const std::string_view key = border::view(options->key);
    if (key.size() > longest_key)
        return Error{
            .code = ErrorCode::limit,
            .message = "an idempotency key has at most 200 bytes",
            .key = "plugin.limit",
            .where = "options.key",
        };
    context.idempotency_key = key;
    if (options->preview != 0) {
        if (!info.preview)
            return Error{
                .code = ErrorCode::unsupported,
                .message = info.name + " has no dry run",
                .key = "commands.no_preview",
                .where = "options.preview",
            };
        context.dry_run = true;
    }
    return context;
}

Result<Map> map_of_arguments(ValueView arguments)
{
    if (!arguments.exists() || arguments.is_null()) return Map{};
    Value value = arguments.value();
    if (auto* map = value.as<Map>()) return std::move(*map);
    return Error{
        .code = ErrorCode::invalid,
        .message = "arguments must be a map",
        .key = "commands.arguments",
        .where = "arguments",
    };
}

} // namespace

Result<void> HostCommands::bind(Caller& caller, std::string_view name, std::uint64_t tag)
{
    return caller.instance().bind(Instance::BindingKind::command, name, tag);
}

Result<void> HostCommands::call(
    Caller& caller,
    std::string_view name,
    ValueView given,
    const mortise_call_options* options,
    border::Sink result
)
{
    Frame& frame = caller.in_frame();
    if (frame.has_staged())
        return Error{
            .code = ErrorCode::state,
            .message = "a unit of work with staged changes is open, and a command never joins it",
            .key = "commands.unit_open",
            .hint = "call first and stage later, or post the command",
        };
    MORTISE_TRY(const CommandInfo info, m_tools.services.commands.find(name));
    MORTISE_CHECK(may_call(caller, info, true));
    if (info.provider == caller.instance().id())
        return Error{
            .code = ErrorCode::deadlock,
            .message = "a plugin cannot wait for a command of its own",
            .key = "plugins.deadlock",
            .where = std::string{name},
            .hint = "call your own function, or post the command",
        };
    MORTISE_TRY(const CallContext context, context_of(caller, info, options));
    MORTISE_TRY(const Map arguments, map_of_arguments(given));
    frame.patience = options && options->timeout_ms != 0
        ? std::optional{std::chrono::milliseconds{std::min<std::uint64_t>(options->timeout_ms, 600'000)}}
        : std::nullopt;
    auto answer = m_tools.services.commands.call(name, context, arguments);
    frame.patience.reset();
    MORTISE_TRY(const Value value, std::move(answer));
    MORTISE_TRY(const ValueBlock block, encode(value));
    return result.write(block);
}

Result<void> HostCommands::post(
    Caller& caller,
    std::string_view name,
    ValueView given,
    const mortise_call_options* options,
    std::uint64_t tag
)
{
    MORTISE_TRY(const CommandInfo info, m_tools.services.commands.find(name));
    MORTISE_CHECK(may_call(caller, info, false));
    MORTISE_TRY(CallContext context, context_of(caller, info, options));
    MORTISE_TRY(Map arguments, map_of_arguments(given));
    return m_tools.background.post([commands = &m_tools.services.commands,
                                    self = caller.instance().self(),
                                    name = std::string{name},
                                    context = std::move(context),
                                    arguments = std::move(arguments),
                                    tag] {
        const auto answer = commands->call(name, context, arguments);
        if (tag == 0) return;
        if (const auto asker = Identity::find(self)) asker->post_answer(tag, answer);
    });
}

} // namespace mortise::host
