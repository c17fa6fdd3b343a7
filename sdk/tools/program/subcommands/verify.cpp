#include "control/temporary_folder.hpp"
#include "plugins/package/package_reader.hpp"
#include "plugins/package/package_signature.hpp"
#include "program/built_plugin.hpp"
#include "program/key_files.hpp"
#include "program/subcommands/subcommands.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <memory>

namespace mortise::tool {
namespace {

struct VerifyOptions {
    std::string package{};
    std::string key{};
};

Result<std::vector<host::PublicKey>> signers(const host::Package& package)
{
    if (!package.signature) return std::vector<host::PublicKey>{};
    return host::check_signatures(package.list_text, *package.signature);
}

Result<void> check_wanted(const std::string& file, const std::vector<host::PublicKey>& keys)
{
    if (file.empty()) return {};
    MORTISE_TRY(const host::PublicKey wanted, read_public_key(file));
    if (std::ranges::find(keys, wanted) != keys.end()) return {};
    return tool_error(
        ErrorCode::refused,
        "not_signed",
        "the package is not signed by the key " + host::key_fingerprint(wanted),
        file,
        keys.empty() ? "it is not signed at all" : "it is signed by " + host::key_fingerprint(keys.front())
    );
}

void tell(Output& output, const host::PackageList& list, const std::vector<host::PublicKey>& keys)
{
    output.line(
        list.id + ' ' + list.version + ": " + std::to_string(list.files.size()) + " files, "
        + std::to_string(list.total_bytes()) + " bytes, every digest fits, the manifest is sound"
    );
    for (const host::PublicKey& key : keys)
        output.line("signed by " + host::key_fingerprint(key));
    if (keys.empty()) output.line("not signed");
}

Result<Exit> verify(Output& output, const VerifyOptions& options)
{
    MORTISE_TRY(const host::TemporaryFolder folder, host::TemporaryFolder::create());
    MORTISE_TRY(const host::Package package, host::unpack_package(options.package, folder.path()));
    if (auto sound = check_manifest(folder.path()); !sound) {
        const std::string inside = folder.path().string() + '/';
        for (std::string* text : {&sound.error().where, &sound.error().message})
            if (const std::size_t at = text->find(inside); at != text->npos) text->erase(at, inside.size());
        return std::move(sound).error();
    }
    MORTISE_TRY(const std::vector<host::PublicKey> keys, signers(package));
    MORTISE_CHECK(check_wanted(options.key, keys));
    boost::json::array signed_by;
    for (const host::PublicKey& key : keys)
        signed_by.emplace_back(host::key_fingerprint(key));
    const host::PackageList& list = package.list;
    const boost::json::object answer{
        {"id", list.id},
        {"version", list.version},
        {"files", list.files.size()},
        {"bytes", list.total_bytes()},
        {"signed_by", std::move(signed_by)},
    };
    output.print(answer, [&] { tell(output, list, keys); });
    return Exit::done;
}

} // namespace

void add_verify(CLI::App& app, Action& action)
{
    const auto options = std::make_shared<VerifyOptions>();
    CLI::App* command = app.add_subcommand("verify", "check a package: digests, manifest, signatures");
    command->add_option("FILE", options->package, "the package")->required();
    command->add_option("--key", options->key, "refuse it unless this public key has signed it");
    command->callback([&action, options] {
        action = [options](Output& output) { return verify(output, *options); };
    });
}

} // namespace mortise::tool
