#include "app/secret_input.hpp"
#include "app/verbs/verbs.hpp"
#include "base/json.hpp"

namespace mortise::host {
namespace {

constexpr std::string_view given_mark = "(given, sealed)";
constexpr std::string_view missing_mark = "(not given)";

/// The settings as people see them: of secrets only whether they were given.
boost::json::object with_secrets(const boost::json::object& answer)
{
    boost::json::object settings = at_path(answer, "settings").as_object();
    for (const auto& [name, is_given] : at_path(answer, "secrets").as_object())
        settings[name] = boost::json::value(std::string{is_given.as_bool() ? given_mark : missing_mark});
    return settings;
}

Result<boost::json::value>
value_of_setting(const boost::json::object& answer, const std::string& name, const std::string& value)
{
    if (at_path(answer, "secrets").as_object().contains(name)) {
        if (!value.empty() && value != "-")
            return Error{
                ErrorCode::invalid,
                name + " is a secret, and a command line is seen by others",
                "cli.usage.secret",
                name,
                "leave the value out: it is read from standard input"
            };
        std::string secret = read_secret(name);
        if (secret.empty())
            return Error{ErrorCode::invalid, "no secret was given", "cli.usage.secret", name, {}};
        return boost::json::value(std::move(secret));
    }
    // What is no JSON is meant as text: `settings ID set colour blue`.
    const std::string given = argument_or_stdin(value.empty() ? "-" : value);
    auto json = parse_json(given, "the value");
    return json ? *std::move(json) : boost::json::value(given);
}

} // namespace

Result<Exit> show_settings(Program& program, const std::string& plugin, const std::string& name)
{
    MORTISE_TRY(const boost::json::value answer, program.call("settings.get", {{"plugin", plugin}}));
    const boost::json::object settings = with_secrets(answer.as_object());
    if (name.empty()) {
        program.output().object(settings);
        return Exit::done;
    }
    const boost::json::value* found = settings.if_contains(name);
    if (!found)
        return Error{
            ErrorCode::not_found,
            plugin + " has no setting " + name,
            "settings.not_found",
            {},
            "mortise settings " + plugin + " lists them"
        };
    program.output().print(*found, [&] { program.output().line(printable(cell_text(*found))); });
    return Exit::done;
}

Result<Exit>
change_setting(Program& program, const std::string& plugin, const std::string& name, const std::string& value)
{
    MORTISE_TRY(const boost::json::value present, program.call("settings.get", {{"plugin", plugin}}));
    boost::json::object params{{"plugin", plugin}, {"name", name}};
    MORTISE_TRY(params["value"], value_of_setting(present.as_object(), name, value));
    MORTISE_TRY(const boost::json::value answer, program.call("settings.set", std::move(params)));
    program.output().object(with_secrets(answer.as_object()));
    return Exit::done;
}

Result<Exit> unset_setting(Program& program, const std::string& plugin, const std::string& name)
{
    MORTISE_TRY(
        const boost::json::value answer,
        program.call("settings.set", {{"plugin", plugin}, {"name", name}, {"value", nullptr}})
    );
    program.output().object(with_secrets(answer.as_object()));
    return Exit::done;
}

} // namespace mortise::host
