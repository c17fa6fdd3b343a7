#pragma once

/// \file
/// Every command there is, whoever provides it: what it is called, what it takes and gives (JSON Schema),
/// what it does to the world, and how to run it. The CLI, the console, plugins and automation all call
/// through here.
///
/// Thread-safety: every member may be called from any thread at any time.

#include "access/principal.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <boost/json/value.hpp>

#include <functional>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::host {

enum class Effect : std::uint8_t { read, write, destructive };

struct CommandInfo {
    std::string name; ///< "pipelines.move_opportunity"
    std::string title;
    std::string help;
    std::string provider; ///< plugin id; "mortise" is the host
    std::string permission; ///< what a plugin needs to call it; empty: "call:NAME" of `requires`
    boost::json::value arguments; ///< JSON Schema of the arguments, an object
    boost::json::value result; ///< JSON Schema of the result
    Effect effect{Effect::write};
    bool idempotent{false};
    bool external{false}; ///< something leaves the house
    bool undoable{false};
    bool preview{false}; ///< a dry run exists
    bool confirm{false}; ///< ask a person first
    std::vector<std::string> audience{"console", "api"};
    std::int64_t timeout_ms{2000}; ///< how long a caller waits who says nothing else
};

/// `denied` where the roles of the person behind the call name no such command. `types.describe` is for
/// everybody: it shows what the person may see.
Result<void> person_may_call(const Principal& principal, std::string_view command);

using CommandFunction = std::function<Result<Value>(const CallContext& context, const Map& arguments)>;

class CommandRegistry {
public:
    CommandRegistry();
    ~CommandRegistry();

    /// `exists` if the name is taken, `invalid` if a schema is none.
    Result<void> add(CommandInfo info, CommandFunction function);
    /// Makes the commands of a provider exactly these, all at once: nobody finds one missing meanwhile. On an
    /// error (those of `add`) all stays as it was.
    Result<void>
    set_provider(std::string_view provider, std::vector<std::pair<CommandInfo, CommandFunction>> commands);
    /// Takes away all commands of a provider; calls under way go on.
    void remove_provider(std::string_view provider);

    std::vector<CommandInfo> list() const; // by name
    Result<CommandInfo> find(std::string_view name) const;

    /// Looks whether the person may call it (`person_may_call`), validates the arguments against the schema
    /// (an error's `where` is the JSON pointer) and runs the command.
    Result<Value> call(std::string_view name, const CallContext& context, const Map& arguments);

private:
    struct Command;
    mutable std::shared_mutex m_mutex;
    std::map<std::string, std::shared_ptr<const Command>, std::less<>> m_commands;
};

} // namespace mortise::host
