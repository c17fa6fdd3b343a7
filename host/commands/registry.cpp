#include "commands/registry.hpp"

#include "base/json.hpp"
#include "base/json_schema.hpp"

#include <mutex>

namespace mortise::host {

struct CommandRegistry::Command {
    CommandInfo info;
    JsonSchema arguments;
    CommandFunction function;
};

CommandRegistry::CommandRegistry() = default;
CommandRegistry::~CommandRegistry() = default;

namespace {

Error taken_by(const CommandInfo& other)
{
    return {
        .code = ErrorCode::exists,
        .message = "the command " + other.name + " is provided by " + other.provider + " already",
        .key = "commands.taken",
        .where = other.name,
    };
}

} // namespace

Result<void> CommandRegistry::set_provider(
    std::string_view provider, std::vector<std::pair<CommandInfo, CommandFunction>> commands
)
{
    std::map<std::string, std::shared_ptr<const Command>, std::less<>> wanted;
    for (auto& [info, function] : commands) {
        MORTISE_TRY(JsonSchema arguments, JsonSchema::compile(info.arguments));
        std::string name = info.name;
        auto command = std::make_shared<const Command>(
            Command{std::move(info), std::move(arguments), std::move(function)}
        );
        const auto [at, is_new] = wanted.emplace(std::move(name), std::move(command));
        if (!is_new) return taken_by(at->second->info);
    }
    const std::unique_lock lock{m_mutex};
    for (const auto& [name, command] : wanted)
        if (const auto other = m_commands.find(name);
            other != m_commands.end() && other->second->info.provider != provider)
            return taken_by(other->second->info);
    std::erase_if(m_commands, [&](const auto& entry) { return entry.second->info.provider == provider; });
    m_commands.merge(wanted);
    return {};
}

Result<void> CommandRegistry::add(CommandInfo info, CommandFunction function)
{
    MORTISE_TRY(JsonSchema arguments, JsonSchema::compile(info.arguments));
    const std::unique_lock lock{m_mutex};
    if (const auto taken = m_commands.find(info.name); taken != m_commands.end())
        return taken_by(taken->second->info);
    std::string name = info.name;
    m_commands.emplace(
        std::move(name),
        std::make_shared<const Command>(Command{std::move(info), std::move(arguments), std::move(function)})
    );
    return {};
}

void CommandRegistry::remove_provider(std::string_view provider)
{
    const std::unique_lock lock{m_mutex};
    std::erase_if(m_commands, [&](const auto& entry) { return entry.second->info.provider == provider; });
}

std::vector<CommandInfo> CommandRegistry::list() const
{
    const std::shared_lock lock{m_mutex};
    std::vector<CommandInfo> commands;
    commands.reserve(m_commands.size());
    for (const auto& [name, command] : m_commands)
        commands.push_back(command->info);
    return commands;
}

namespace {

Error unknown(std::string_view name)
{
    return Error{
        .code = ErrorCode::not_found,
        .message = "there is no command \"" + std::string{name} + "\"",
        .key = "commands.unknown",
        .where = std::string{name},
        .hint = "\"mortise commands\" lists them; the plugin that provides it may be disabled",
    };
}

} // namespace

Result<void> person_may_call(const Principal& principal, std::string_view command)
{
    if (!principal.rights || command == "types.describe" || principal.rights->allows_command(command))
        return {};
    return Error{
        .code = ErrorCode::denied,
        .message = principal.user_name + " may not call " + std::string{command},
        .key = "access.command",
        .where = std::string{command},
        .hint = "\"mortise explain " + principal.user_name + " call " + std::string{command}
            + "\" tells why; an administrator can change the roles",
    };
}

Result<CommandInfo> CommandRegistry::find(std::string_view name) const
{
    const std::shared_lock lock{m_mutex};
    const auto found = m_commands.find(name);
    if (found == m_commands.end()) return unknown(name);
    return found->second->info;
}

Result<Value> CommandRegistry::call(std::string_view name, const CallContext& context, const Map& arguments)
{
    MORTISE_CHECK(person_may_call(context.principal, name));
    std::shared_ptr<const Command> command;
    {
        const std::shared_lock lock{m_mutex};
        const auto found = m_commands.find(name);
        if (found == m_commands.end()) return unknown(name);
        command = found->second;
    }
    if (auto valid = command->arguments.validate(json_of(Value{arguments})); !valid) {
        valid.error().message = std::string{name} + ": " + valid.error().message;
        return std::move(valid).error();
    }
    return command->function(context, arguments);
}

} // namespace mortise::host
