#include "program/resources.hpp"
#include "program/subcommands/subcommands.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace mortise::tool {
namespace {

namespace fs = std::filesystem;

struct Page {
    std::string group; ///< interfaces, guides, reference, administration
    std::string name; ///< records, commands
    std::string title; ///< the first heading
    fs::path file;
};

std::string read_text(const fs::path& file)
{
    std::ifstream stream{file, std::ios::binary};
    std::ostringstream text;
    text << stream.rdbuf();
    return std::move(text).str();
}

std::string title_of(const std::string& text)
{
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("# ")) return line.substr(2);
    return {};
}

Result<std::vector<Page>> pages()
{
    MORTISE_TRY(const fs::path docs, find_resource("docs"));
    std::vector<Page> found;
    constexpr std::pair<const char*, const char*> groups[]{
        {"interfaces", "reference/interfaces"},
        {"guides", "guides"},
        {"reference", "reference"},
        {"administration", ""},
    };
    for (const auto& [group, folder] : groups) {
        std::error_code trouble;
        std::vector<Page> here;
        for (fs::directory_iterator at{docs / folder, trouble}, end; !trouble && at != end;
             at.increment(trouble)) {
            const fs::path& file = at->path();
            if (file.extension() != ".md") continue;
            here.push_back({group, file.stem().string(), title_of(read_text(file)), file});
        }
        std::ranges::sort(here, {}, &Page::name);
        found.insert(found.end(), here.begin(), here.end());
    }
    return found;
}

std::string full_name(const Page& page)
{
    return page.group + '/' + page.name;
}

/// "records", "mortise.records", "mortise.records/1" and "guides/commands" all find their page; of a bare
/// name that several share, the interface comes first.
std::optional<Page> find_page(const std::vector<Page>& all, std::string_view asked)
{
    std::string_view name = asked;
    if (name.starts_with("mortise.")) name.remove_prefix(8);
    const std::size_t slash = name.find('/');
    for (const Page& page : all)
        if (slash == name.npos ? page.name == name : full_name(page) == name) return page;
    if (slash == name.npos || !asked.starts_with("mortise.")) return std::nullopt;
    for (const Page& page : all)
        if (page.group == "interfaces" && page.title == asked) return page;
    return std::nullopt;
}

/// The other pages of the same name, which a bare name does not print: nobody is to take one for all there
/// is.
std::vector<std::string> namesakes(const std::vector<Page>& all, const Page& shown, std::string_view asked)
{
    std::vector<std::string> names;
    if (asked != shown.name) return names;
    for (const Page& page : all)
        if (page.name == shown.name && page.group != shown.group) names.push_back(full_name(page));
    return names;
}

Result<Exit> list_pages(Output& output, const std::vector<Page>& all)
{
    boost::json::array list;
    for (const Page& page : all)
        list.push_back(boost::json::object{{"group", page.group}, {"name", page.name}, {"title", page.title}}
        );
    output.print(list, [&] {
        std::string group;
        for (const Page& page : all) {
            if (page.group != group) output.line((group.empty() ? "" : "\n") + page.group);
            group = page.group;
            const std::size_t pad = page.name.size() < 24 ? 24 - page.name.size() : 1;
            output.line("  " + page.name + std::string(pad, ' ') + page.title);
        }
        output.note("\nmortise-sdk docs NAME prints one; where two share a name: guides/NAME");
    });
    return Exit::done;
}

Result<Exit> show_docs(Output& output, const std::string& name)
{
    MORTISE_TRY(const std::vector<Page> all, pages());
    if (name.empty()) return list_pages(output, all);
    const std::optional<Page> page = find_page(all, name);
    if (!page)
        return tool_error(
            ErrorCode::not_found,
            "no_page",
            "there is no page \"" + name + '"',
            "INTERFACE",
            "mortise-sdk docs lists them"
        );
    const std::string text = read_text(page->file);
    const std::vector<std::string> others = namesakes(all, *page, name);
    output.print(
        boost::json::object{
            {"group", page->group},
            {"name", page->name},
            {"title", page->title},
            {"text", text},
            {"also", boost::json::array(others.begin(), others.end())},
        },
        [&] {
            output.raw(text);
            output.note("\nthis is " + full_name(*page));
            for (const std::string& other : others)
                output.note("there is another page of that name: mortise-sdk docs " + other);
        }
    );
    return Exit::done;
}

} // namespace

void add_docs(CLI::App& app, Action& action)
{
    const auto name = std::make_shared<std::string>();
    CLI::App* command = app.add_subcommand("docs", "print the contract's reference and the guides");
    command->add_option("INTERFACE", *name, "an interface such as records, or a guide; without it, the list");
    command->callback([&action, name] {
        action = [name](Output& output) { return show_docs(output, *name); };
    });
}

} // namespace mortise::tool
