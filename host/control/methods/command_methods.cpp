#include "base/json.hpp"
#include "commands/stop_scope.hpp"
#include "control/host.hpp"
#include "control/methods/answers.hpp"
#include "control/methods/methods.hpp"

namespace mortise::host {
namespace {

boost::json::object command_json(const CommandInfo& info)
{
    return {
        {"name", info.name},
        {"title", info.title},
        {"help", info.help},
        {"provider", info.provider},
        {"effect", name_of(info.effect)},
        {"idempotent", info.idempotent},
        {"external", info.external},
        {"undoable", info.undoable},
        {"timeout_ms", info.timeout_ms},
        {"preview", info.preview},
        {"confirm", info.confirm},
        {"audience", text_array(info.audience)},
        {"arguments", info.arguments},
        {"result", info.result},
    };
}

} // namespace

void add_command_methods(Api& api, Host& host)
{
    api.add({
        .name = "commands.list",
        .help = "Lists the commands that the user may call, the host's and the plugins'",
        .result = "{commands: [{name, title, help, provider, effect, confirm, ..., arguments, result (JSON "
                  "Schemas)}]}",
        .handler = [&host](Call& call, const Arguments&) -> Answer {
            boost::json::array commands;
            for (const CommandInfo& info : host.commands().list())
                if (person_may_call(call.principal(), info.name)) commands.emplace_back(command_json(info));
            return boost::json::value(boost::json::object{{"commands", std::move(commands)}});
        },
    });
    api.add({
        .name = "commands.get",
        .help = "Reads one command's description",
        .params = {{"name", ParamKind::text, "its name", true}},
        .result = "as in commands.list",
        .handler = [&host](Call& call, const Arguments& arguments) -> Answer {
            MORTISE_CHECK(person_may_call(call.principal(), arguments.text("name")));
            MORTISE_TRY(const CommandInfo info, host.commands().find(arguments.text("name")));
            return boost::json::value(command_json(info));
        },
    });
    api.add({
        .name = "commands.call",
        .help = "Runs a command",
        .params = {
            {"name", ParamKind::text, "its name", true},
            {"arguments", ParamKind::object, "what its schema says"},
        },
        .result = "what the command's schema says",
        .effect = Effect::destructive,
        .handler = [&host](Call& call, const Arguments& arguments) -> Answer {
            const StopScope scope{call.stop()};
            MORTISE_TRY(
                const Value result,
                host.commands().call(arguments.text("name"), call.context(), map_of_json(arguments.object("arguments"))));
            return json_of(result);
        },
    });
}

} // namespace mortise::host
