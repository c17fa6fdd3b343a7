#include "base/clock.hpp"
#include "base/time_text.hpp"
#include "plugins/trust/catalog_file.hpp"
#include "program/key_files.hpp"
#include "program/subcommands/subcommands.hpp"
#include "program/text_files.hpp"

#include <boost/json/object.hpp>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

namespace mortise::tool {
namespace {

struct CatalogOptions {
    std::string folder{};
    std::string key{};
    std::int64_t days{30};
};

/// One more than the index that is there; 1 if none is.
Result<std::int64_t> next_number(const std::filesystem::path& folder)
{
    std::error_code ignored;
    if (!std::filesystem::exists(folder / host::catalog_index_name, ignored)) return 1;
    MORTISE_TRY(const std::string envelope, host::read_catalog_index(folder));
    MORTISE_TRY(const host::SignedStatement read, host::read_statement(envelope));
    MORTISE_TRY(const host::TrustStatement statement, host::parse_statement(read.text));
    const auto* index = std::get_if<host::CatalogStatement>(&statement);
    return index ? index->number + 1 : 1;
}

Result<Exit> make_catalog(Output& output, const CatalogOptions& options)
{
    constexpr std::int64_t microseconds_a_day = 86'400'000'000;
    MORTISE_TRY(const host::SigningKey key, read_secret_key(options.key));
    MORTISE_TRY(host::CatalogStatement index, host::index_packages(options.folder));
    MORTISE_TRY(index.number, next_number(options.folder));
    index.issued = host::system_clock_source().now();
    index.until = {index.issued.microseconds + options.days * microseconds_a_day};
    const std::filesystem::path file = std::filesystem::path{options.folder} / host::catalog_index_name;
    MORTISE_CHECK(write_text(file, host::sign_statement(host::statement_text(index), key)));
    const boost::json::object made{
        {"index", file.string()},
        {"number", index.number},
        {"packages", index.packages.size()},
        {"until", host::format_instant(index.until)},
    };
    output.print(made, [&] {
        output.line(
            file.string() + ": number " + std::to_string(index.number) + ", "
            + std::to_string(index.packages.size()) + " packages, good until "
            + host::format_instant(index.until)
        );
        output.note("make it anew before then, also if nothing has changed: an old index is refused");
    });
    return Exit::done;
}

} // namespace

void add_catalog(CLI::App& app, Action& action)
{
    const auto options = std::make_shared<CatalogOptions>();
    CLI::App* command = app.add_subcommand("catalog", "write the signed index of a folder with packages");
    command->add_option("FOLDER", options->folder, "the folder")->required();
    command->add_option("--key", options->key, "the secret key of who keeps the catalog")->required();
    command->add_option("--days", options->days, "for how long the index is good; 30 without it");
    command->callback([&action, options] {
        action = [options](Output& output) { return make_catalog(output, *options); };
    });
}

} // namespace mortise::tool
