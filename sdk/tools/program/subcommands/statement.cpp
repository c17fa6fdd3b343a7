#include "base/clock.hpp"
#include "base/time_text.hpp"
#include "plugins/trust/statements.hpp"
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

struct StatementOptions {
    std::string file{}; ///< that is written
    std::vector<std::string> keys{}; ///< secret keys that sign
    std::string vendor{};
    std::string before{}; ///< public keys
    std::string key{};
    std::string from{};
    std::string until{};
    std::int64_t number{0};
    std::int64_t days{30};
    std::vector<std::string> revoked_keys{}; ///< fingerprints
    std::vector<std::string> packages{}; ///< ID@RANGE
    std::string reason{};
};

Result<host::KeyPeriod> period_of(const StatementOptions& options)
{
    host::KeyPeriod period;
    MORTISE_TRY(period.key, read_public_key(options.key));
    if (!options.from.empty()) {
        MORTISE_TRY(period.from, host::parse_instant(options.from));
    }
    if (!options.until.empty()) {
        MORTISE_TRY(period.until, host::parse_instant(options.until));
    }
    return period;
}

Result<host::TrustStatement> key_statement(const StatementOptions& options)
{
    host::KeyStatement statement{options.vendor, {}};
    MORTISE_TRY(statement.key, period_of(options));
    return host::TrustStatement{std::move(statement)};
}

Result<host::TrustStatement> rotation_statement(const StatementOptions& options)
{
    host::RotationStatement statement{options.vendor, options.number, {}, {}};
    MORTISE_TRY(statement.before, read_public_key(options.before));
    MORTISE_TRY(statement.after, period_of(options));
    return host::TrustStatement{std::move(statement)};
}

Result<host::TrustStatement> revocation_statement(const StatementOptions& options)
{
    constexpr std::int64_t microseconds_a_day = 86'400'000'000;
    host::RevocationStatement statement;
    statement.number = options.number;
    statement.issued = host::system_clock_source().now();
    statement.until = {statement.issued.microseconds + options.days * microseconds_a_day};
    statement.keys = options.revoked_keys;
    for (const std::string& package : options.packages) {
        const std::size_t at = package.find('@');
        host::RevokedPackage revoked{package.substr(0, at), {}, options.reason};
        if (at != std::string::npos) {
            MORTISE_TRY(revoked.versions, host::VersionRange::parse(package.substr(at + 1)));
        }
        statement.packages.push_back(std::move(revoked));
    }
    return host::TrustStatement{std::move(statement)};
}

/// Signs the text with every key and writes the envelope.
Result<Exit> write_signed(
    Output& output,
    const std::string& text,
    std::optional<std::string> envelope,
    const StatementOptions& options
)
{
    MORTISE_CHECK(host::parse_statement(text));
    for (const std::string& file : options.keys) {
        MORTISE_TRY(const host::SigningKey key, read_secret_key(file));
        envelope = host::sign_statement(text, key, envelope);
    }
    if (!envelope) return tool_error(ErrorCode::invalid, "usage", "a statement needs a --sign KEY");
    MORTISE_CHECK(write_text(options.file, *envelope));
    MORTISE_TRY(const host::SignedStatement read, host::read_statement(*envelope));
    boost::json::array signers;
    for (const host::PublicKey& key : read.signers)
        signers.emplace_back(host::key_fingerprint(key));
    output.print(boost::json::object{{"file", options.file}, {"signed_by", signers}}, [&] {
        output.line(options.file + ":");
        for (const boost::json::value& signer : signers)
            output.line("signed by " + std::string{signer.get_string()});
    });
    return Exit::done;
}

Result<Exit> sign_once_more(Output& output, const StatementOptions& options)
{
    MORTISE_TRY(const std::string envelope, read_text(options.file, host::max_statement_bytes));
    MORTISE_TRY(const host::SignedStatement read, host::read_statement(envelope));
    return write_signed(output, read.text, envelope, options);
}

using Make = Result<host::TrustStatement> (*)(const StatementOptions&);
using Options = std::shared_ptr<StatementOptions>;

CLI::App* add_kind(
    CLI::App& command, const Options& options, Action& action, const char* name, const char* help, Make make
)
{
    CLI::App* kind = command.add_subcommand(name, help)->fallthrough();
    kind->add_option("-o,--output", options->file, "the statement")->required();
    kind->add_option("--sign", options->keys, "a secret key that signs it; may stand more than once")
        ->required();
    kind->callback([&action, options, make] {
        action = [options, make](Output& output) -> Result<Exit> {
            MORTISE_TRY(const host::TrustStatement statement, make(*options));
            return write_signed(output, host::statement_text(statement), std::nullopt, *options);
        };
    });
    return kind;
}

void add_period(CLI::App& kind, const Options& options)
{
    kind.add_option("VENDOR", options->vendor, "the id of its plugins without their last name, as com.acme")
        ->required();
    kind.add_option("KEY", options->key, "the .pub file that is meant")->required();
    kind.add_option("--from", options->from, "when the key may begin to sign, as 2026-01-01T00:00:00Z");
    kind.add_option("--until", options->until, "when it ends");
}

} // namespace

void add_statement(CLI::App& app, Action& action)
{
    const auto options = std::make_shared<StatementOptions>();
    CLI::App* command = app.add_subcommand("statement", "say something about keys, signed");
    command->require_subcommand(1);
    CLI::App* key = add_kind(
        *command,
        options,
        action,
        "key",
        "this key is a vendor's: by a root key, or by itself at first",
        key_statement
    );
    add_period(*key, options);
    CLI::App* rotation = add_kind(
        *command,
        options,
        action,
        "rotation",
        "a vendor has a new key: signed by the old one and by root keys",
        rotation_statement
    );
    add_period(*rotation, options);
    rotation->add_option("--before", options->before, "the .pub file of the old key")->required();
    rotation->add_option("--number", options->number, "1 for the first change, then without a gap")
        ->required();
    CLI::App* revocations = add_kind(
        *command,
        options,
        action,
        "revocations",
        "what must not run: signed by root keys",
        revocation_statement
    );
    revocations->add_option("--number", options->number, "higher than that of the list before")->required();
    revocations->add_option("--days", options->days, "for how long it is good; 30 without it");
    revocations->add_option("--key", options->revoked_keys, "the fingerprint of a key");
    revocations->add_option("--package", options->packages, "ID@RANGE, or ID for every version");
    revocations->add_option("--reason", options->reason, "why, for people");
    CLI::App* sign = command->add_subcommand("sign", "add a signature to one")->fallthrough();
    sign->add_option("FILE", options->file, "the statement")->required();
    sign->add_option("--sign", options->keys, "a secret key")->required();
    sign->callback([&action, options] {
        action = [options](Output& output) { return sign_once_more(output, *options); };
    });
}

} // namespace mortise::tool
