#include "app/verbs/verbs.hpp"

#include <fstream>
#include <iterator>

namespace mortise::host {
namespace {

namespace json = boost::json;

std::string text_at(const json::object& object, std::string_view key)
{
    return printable(cell_text(at_path(object, key)));
}

/// What stands in a small file: a key, a statement.
Result<std::string> read_small_file(const std::string& file)
{
    constexpr std::streamsize most = std::streamsize{1} << 20;
    std::ifstream in{file, std::ios::binary};
    std::string text(static_cast<std::size_t>(most) + 1, '\0');
    if (in) in.read(text.data(), most + 1);
    if (!in.eof() || in.bad())
        return Error{
            ErrorCode::not_found,
            in.gcount() > most ? file + " is larger than 1 MiB" : "cannot read " + file,
            "cli.file",
            file,
            {}
        };
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

void print_key(Output& output, const json::object& vendor, const json::object& key)
{
    std::string line = "vendor       " + text_at(vendor, "vendor") + "  " + text_at(key, "fingerprint");
    if (const std::string from = text_at(key, "from"); !from.empty()) line += ", from " + from;
    if (const std::string until = text_at(key, "until"); !until.empty()) line += ", until " + until;
    const std::string by = text_at(vendor, "by");
    output.line(
        line
        + (by == "root"        ? ", a root's word"
               : by == "admin" ? ", kept by hand"
                               : ", kept at first use")
    );
}

void print_trust(Output& output, const json::object& trust)
{
    for (const json::value& root : at_path(trust, "roots").as_array())
        output.line("root         " + printable(cell_text(root)));
    for (const json::value& item : at_path(trust, "vendors").as_array()) {
        const json::object& vendor = item.as_object();
        for (const json::value& key : at_path(vendor, "keys").as_array())
            print_key(output, vendor, key.as_object());
        if (at_path(vendor, "signatures") != 1)
            output.line("             " + text_at(vendor, "signatures") + " of them must sign");
    }
    if (const json::value& list = at_path(trust, "revocations"); list.is_object()) {
        const json::object& revoked = list.get_object();
        output.line(
            "revocations  list " + text_at(revoked, "number") + " of " + text_at(revoked, "issued")
            + ", good until " + text_at(revoked, "until")
        );
        for (const json::value& key : at_path(revoked, "keys").as_array())
            output.line("revoked      key " + printable(cell_text(key)));
        for (const json::value& item : at_path(revoked, "packages").as_array())
            output.line(
                "revoked      " + text_at(item.as_object(), "id") + '@'
                + text_at(item.as_object(), "versions")
                + (text_at(item.as_object(), "reason").empty() ? ""
                                                               : ": " + text_at(item.as_object(), "reason"))
            );
    }
    for (const json::value& what : at_path(trust, "revoked_here").as_array())
        output.line("revoked      " + printable(cell_text(what)) + ", on this host");
    for (const json::value& item : at_path(trust, "catalogs").as_array())
        output.line(
            "catalog      " + text_at(item.as_object(), "name") + "  " + text_at(item.as_object(), "folder")
            + ", key " + text_at(item.as_object(), "key")
        );
    const json::object& policy = at_path(trust, "policy").as_object();
    output.line(
        "policy       signatures " + text_at(policy, "signatures") + ", root signatures "
        + text_at(policy, "root_signatures") + ", first use "
        + (at_path(policy, "first_use") == true ? "on" : "off") + ", list of at most "
        + text_at(policy, "max_age_days") + " days"
    );
    for (const json::value& problem : at_path(trust, "problems").as_array())
        output.note(printable(cell_text(problem)));
}

Result<Exit> call_and_show(Program& program, std::string_view method, json::object params)
{
    MORTISE_TRY(const json::value answer, program.call(method, std::move(params)));
    program.output().print(answer, [&] { print_trust(program.output(), answer.as_object()); });
    return Exit::done;
}

void print_taken_down(Output& output, const json::object& answer)
{
    for (const json::value& plugin : at_path(answer, "taken_down").as_array())
        output.line("taken down: " + printable(cell_text(plugin)));
}

} // namespace

Result<Exit> show_trust(Program& program)
{
    return call_and_show(program, "trust.get", {});
}

Result<Exit> add_root(Program& program, const std::string& file)
{
    MORTISE_TRY(const std::string key, read_small_file(file));
    return call_and_show(program, "trust.root", {{"key", key}});
}

Result<Exit> remove_root(Program& program, const std::string& fingerprint)
{
    return call_and_show(program, "trust.root", {{"key", fingerprint}, {"remove", true}});
}

Result<Exit> pin_vendor(Program& program, const PinOptions& options)
{
    json::array keys;
    for (const std::string& file : options.files) {
        MORTISE_TRY(const std::string key, read_small_file(file));
        keys.emplace_back(key);
    }
    json::object params{
        {"vendor", options.vendor}, {"keys", std::move(keys)}, {"signatures", options.signatures}
    };
    if (!options.from.empty()) params["from"] = options.from;
    if (!options.until.empty()) params["until"] = options.until;
    return call_and_show(program, "trust.pin", std::move(params));
}

Result<Exit> unpin_vendor(Program& program, const std::string& vendor)
{
    MORTISE_CHECK(
        program.confirm("forget the keys of " + vendor + "; its next package is taken from whoever signs it")
    );
    return call_and_show(program, "trust.unpin", {{"vendor", vendor}});
}

Result<Exit> set_trust_policy(Program& program, const PolicyOptions& options)
{
    json::object params;
    if (options.signatures) params["signatures"] = *options.signatures;
    if (options.root_signatures) params["root_signatures"] = *options.root_signatures;
    if (options.max_age_days) params["max_age_days"] = *options.max_age_days;
    if (!options.first_use.empty()) params["first_use"] = options.first_use == "on";
    return call_and_show(program, params.empty() ? "trust.get" : "trust.policy", std::move(params));
}

Result<Exit> import_statement(Program& program, const std::string& file)
{
    MORTISE_TRY(const std::string statement, read_small_file(file));
    MORTISE_TRY(const json::value answer, program.call("trust.import", {{"statement", statement}}));
    program.output().print(answer, [&] {
        program.output().line("taken: " + text_at(answer.as_object(), "kind"));
        print_taken_down(program.output(), answer.as_object());
    });
    return Exit::done;
}

Result<Exit> revoke_trust(Program& program, const std::string& what, bool undo)
{
    MORTISE_TRY(const json::value answer, program.call("trust.revoke", {{"what", what}, {"undo", undo}}));
    program.output().print(answer, [&] {
        program.output().line(what + (undo ? " is no longer revoked here" : " is revoked on this host"));
        print_taken_down(program.output(), answer.as_object());
    });
    return Exit::done;
}

Result<Exit> forget_trust(Program& program, const std::string& what, const std::string& name)
{
    return call_and_show(program, "trust.forget", {{"what", what}, {"name", name}});
}

Result<Exit>
add_catalog(Program& program, const std::string& name, const std::string& folder, const std::string& key_file)
{
    MORTISE_TRY(const std::string key, read_small_file(key_file));
    MORTISE_TRY(
        const json::value answer,
        program.call(
            "catalogs.add",
            {{"name", name}, {"folder", std::filesystem::absolute(folder).string()}, {"key", key}}
        )
    );
    program.output().print(answer, [&] {
        program.output().line(name + ": " + text_at(answer.as_object(), "packages") + " packages");
    });
    return Exit::done;
}

Result<Exit> remove_catalog(Program& program, const std::string& name)
{
    return call_and_show(program, "catalogs.remove", {{"name", name}});
}

Result<Exit> search_plugins(Program& program, const std::string& text)
{
    MORTISE_TRY(const json::value answer, program.call("catalogs.search", {{"text", text}}));
    const json::object& found = answer.as_object();
    const json::array& problems = at_path(found, "problems").as_array();
    for (const json::value& item : problems) {
        const json::object& problem = item.as_object();
        program.output().note(
            text_at(problem, "catalog") + ": " + text_at(problem, "message")
            + (text_at(problem, "hint").empty() ? "" : " (" + text_at(problem, "hint") + ')')
        );
    }
    program.output().list(
        at_path(found, "packages").as_array(),
        {{"plugin", "id"},
         {"version", "version"},
         {"installed", "installed"},
         {"catalog", "catalog"},
         {"vendor", "vendor"},
         {"summary", "summary"}},
        "no catalog has such a plugin"
    );
    return problems.empty() ? Exit::done : Exit::partly;
}

} // namespace mortise::host
