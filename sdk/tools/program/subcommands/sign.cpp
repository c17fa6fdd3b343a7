#include "control/temporary_folder.hpp"
#include "plugins/package/package_reader.hpp"
#include "plugins/package/package_writer.hpp"
#include "plugins/package/signed_statement.hpp"
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

struct SignOptions {
    std::string package{};
    std::string key{};
    std::vector<std::string> statements{};
};

/// Reads and checks all of the package, and writes it once more with the signature.
Result<Exit> sign(Output& output, const SignOptions& options)
{
    MORTISE_TRY(const host::SigningKey key, read_secret_key(options.key));
    MORTISE_TRY(const host::TemporaryFolder folder, host::TemporaryFolder::create());
    MORTISE_TRY(const host::Package package, host::unpack_package(options.package, folder.path()));
    MORTISE_TRY(const auto sources, host::package_files_in(folder.path()));
    MORTISE_TRY(const host::PackageList list, host::list_package_files(sources));
    const std::string text = host::package_list_text(list);
    std::string signature = host::add_signature(text, package.signature, key);
    if (!options.statements.empty()) {
        std::vector<std::string> envelopes;
        for (const std::string& file : options.statements) {
            MORTISE_TRY(const std::string envelope, read_text(file, host::max_statement_bytes));
            MORTISE_CHECK(host::read_statement(envelope));
            envelopes.push_back(envelope);
        }
        MORTISE_TRY(signature, host::with_statements(signature, envelopes));
    }
    MORTISE_CHECK(host::write_package(sources, options.package, signature));
    const std::string fingerprint = host::key_fingerprint(key.public_key());
    output.print(
        boost::json::object{
            {"id", list.id},
            {"version", list.version},
            {"package", options.package},
            {"signed_by", fingerprint}
        },
        [&] { output.line("signed " + list.id + ' ' + list.version + " with the key " + fingerprint); }
    );
    return Exit::done;
}

} // namespace

void add_sign(CLI::App& app, Action& action)
{
    const auto options = std::make_shared<SignOptions>();
    CLI::App* command = app.add_subcommand("sign", "add a signature to a package");
    command->add_option("FILE", options->package, "the package")->required();
    command->add_option("--key", options->key, "the secret key, as keygen made it")->required();
    command->add_option(
        "--statement",
        options->statements,
        "a statement about the key that goes with the package, instead of those in it; may stand more than "
        "once"
    );
    command->callback([&action, options] {
        action = [options](Output& output) { return sign(output, *options); };
    });
}

} // namespace mortise::tool
