#include "plugins/trust/statements.hpp"

#include "base/base64.hpp"
#include "base/json.hpp"
#include "base/time_text.hpp"
#include "plugins/package/package_list.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace mortise::host {
namespace {

namespace json = boost::json;

/// No list is ever renewed so often; one that says so wants to be the last.
constexpr std::int64_t largest_number = 1'000'000'000;
constexpr std::size_t most_items = 10'000;

Error bad(std::string reason, std::string where)
{
    return trust_error(ErrorCode::invalid, "bad_statement", std::move(reason), std::move(where));
}

Result<std::string> text_of(const json::object& object, std::string_view name, const std::string& where)
{
    const json::value* found = object.if_contains(name);
    if (found && found->is_string() && !found->get_string().empty()) return std::string{found->get_string()};
    return bad("the text \"" + std::string{name} + "\" is missing", where + '/' + std::string{name});
}

std::string optional_text(const json::object& object, std::string_view name)
{
    const json::value* found = object.if_contains(name);
    return found && found->is_string() ? std::string{found->get_string()} : std::string{};
}

Result<Instant> time_of(const json::object& object, std::string_view name, const std::string& where)
{
    MORTISE_TRY(const std::string text, text_of(object, name, where));
    auto time = parse_instant(text);
    if (!time) return bad(time.error().message, where + '/' + std::string{name});
    return *time;
}

Result<std::int64_t> number_of(const json::object& object)
{
    const json::value* found = object.if_contains("number");
    if (found && (found->is_uint64() || (found->is_int64() && found->get_int64() > largest_number)))
        return trust_error(
            ErrorCode::refused,
            "huge_number",
            "the statement's number is above " + std::to_string(largest_number)
                + ": nothing could ever follow it",
            "/number"
        );
    if (found && found->is_int64() && found->get_int64() > 0) return found->get_int64();
    return bad("\"number\" is no whole number from 1 on", "/number");
}

Result<PublicKey> key_of(const json::object& object, std::string_view name, const std::string& where)
{
    MORTISE_TRY(const std::string text, text_of(object, name, where));
    auto key = parse_public_key("mortise-public-key ed25519 " + text);
    if (!key) return bad("this is no public key", where + '/' + std::string{name});
    return *key;
}

Result<std::reference_wrapper<const json::array>> list_of(const json::object& object, std::string_view name)
{
    static const json::array none;
    const json::value* found = object.if_contains(name);
    if (!found) return std::cref(none);
    if (!found->is_array() || found->get_array().size() > most_items)
        return bad('"' + std::string{name} + "\" is no list, or too long", '/' + std::string{name});
    return std::cref(found->get_array());
}

Result<TrustStatement> read_key(const json::object& object)
{
    KeyStatement statement;
    MORTISE_TRY(statement.vendor, text_of(object, "vendor", ""));
    MORTISE_TRY(statement.key, read_period(object, ""));
    return TrustStatement{std::move(statement)};
}

Result<TrustStatement> read_rotation(const json::object& object)
{
    RotationStatement statement;
    MORTISE_TRY(statement.vendor, text_of(object, "vendor", ""));
    MORTISE_TRY(statement.number, number_of(object));
    MORTISE_TRY(statement.before, key_of(object, "before", ""));
    MORTISE_TRY(statement.after, read_period(object, ""));
    return TrustStatement{std::move(statement)};
}

Result<TrustStatement> read_revocations(const json::object& object)
{
    RevocationStatement statement;
    MORTISE_TRY(statement.number, number_of(object));
    MORTISE_TRY(statement.issued, time_of(object, "issued", ""));
    MORTISE_TRY(statement.until, time_of(object, "until", ""));
    MORTISE_TRY(const auto keys, list_of(object, "keys"));
    for (const json::value& key : keys.get()) {
        if (!key.is_string() || key.get_string().size() != 32)
            return bad("a revoked key is no fingerprint", "/keys");
        statement.keys.emplace_back(key.get_string());
    }
    MORTISE_TRY(const auto packages, list_of(object, "packages"));
    for (const json::value& item : packages.get()) {
        const std::string where = "/packages/" + std::to_string(statement.packages.size());
        if (!item.is_object()) return bad("a revoked package is no object", where);
        RevokedPackage package;
        MORTISE_TRY(package.id, text_of(item.get_object(), "id", where));
        MORTISE_TRY(const std::string versions, text_of(item.get_object(), "versions", where));
        auto range = VersionRange::parse(versions);
        if (!range) return bad(range.error().message, where + "/versions");
        package.versions = *std::move(range);
        package.reason = optional_text(item.get_object(), "reason");
        statement.packages.push_back(std::move(package));
    }
    return TrustStatement{std::move(statement)};
}

Result<CatalogEntry> read_entry(const json::value& item, const std::string& where)
{
    if (!item.is_object()) return bad("a package is no object", where);
    const json::object& object = item.get_object();
    CatalogEntry entry;
    MORTISE_TRY(entry.id, text_of(object, "id", where));
    MORTISE_TRY(const std::string version, text_of(object, "version", where));
    auto parsed = Version::parse(version);
    if (!parsed) return bad(parsed.error().message, where + "/version");
    entry.version = *std::move(parsed);
    MORTISE_TRY(entry.file, text_of(object, "file", where));
    if (!check_package_path(entry.file))
        return bad("the file's name leads out of the folder", where + "/file");
    const json::value* size = object.if_contains("size");
    if (!size || !size->is_int64() || size->get_int64() < 0)
        return bad("\"size\" is no whole number", where + "/size");
    entry.size = static_cast<std::uint64_t>(size->get_int64());
    MORTISE_TRY(const std::string digest, text_of(object, "sha256", where));
    auto read = parse_digest(digest);
    if (!read) return bad(read.error().message, where + "/sha256");
    entry.sha256 = *read;
    entry.name = optional_text(object, "name");
    entry.summary = optional_text(object, "summary");
    entry.vendor = optional_text(object, "vendor");
    if (const json::value* needs = object.if_contains("needs"); needs && needs->is_object())
        for (const auto& [id, range] : needs->get_object()) {
            auto read_range
                = VersionRange::parse(range.is_string() ? std::string_view{range.get_string()} : "");
            if (!read_range) return bad(read_range.error().message, where + "/needs");
            entry.needs.emplace(id, *std::move(read_range));
        }
    return entry;
}

Result<TrustStatement> read_catalog(const json::object& object)
{
    CatalogStatement statement;
    MORTISE_TRY(statement.number, number_of(object));
    MORTISE_TRY(statement.issued, time_of(object, "issued", ""));
    MORTISE_TRY(statement.until, time_of(object, "until", ""));
    MORTISE_TRY(const auto packages, list_of(object, "packages"));
    for (const json::value& item : packages.get()) {
        const std::string where = "/packages/" + std::to_string(statement.packages.size());
        MORTISE_TRY(CatalogEntry entry, read_entry(item, where));
        statement.packages.push_back(std::move(entry));
    }
    return TrustStatement{std::move(statement)};
}

void put_times(json::object& object, const Instant& issued, const Instant& until)
{
    object["issued"] = format_instant(issued);
    object["until"] = format_instant(until);
}

struct Writer {
    json::object operator()(const KeyStatement& statement) const
    {
        json::object object = period_json(statement.key);
        object["kind"] = "key";
        object["vendor"] = statement.vendor;
        return object;
    }
    json::object operator()(const RotationStatement& statement) const
    {
        json::object object = period_json(statement.after);
        object["kind"] = "rotation";
        object["vendor"] = statement.vendor;
        object["number"] = statement.number;
        object["before"] = base64(statement.before);
        return object;
    }
    json::object operator()(const RevocationStatement& statement) const
    {
        json::object object{{"kind", "revocations"}, {"number", statement.number}};
        put_times(object, statement.issued, statement.until);
        object["keys"] = json::array(statement.keys.begin(), statement.keys.end());
        json::array packages;
        for (const RevokedPackage& package : statement.packages)
            packages.push_back(json::object{
                {"id", package.id}, {"versions", package.versions.text()}, {"reason", package.reason}
            });
        object["packages"] = std::move(packages);
        return object;
    }
    json::object operator()(const CatalogStatement& statement) const
    {
        json::object object{{"kind", "catalog"}, {"number", statement.number}};
        put_times(object, statement.issued, statement.until);
        json::array packages;
        for (const CatalogEntry& entry : statement.packages) {
            json::object needs;
            for (const auto& [id, range] : entry.needs)
                needs[id] = range.text();
            packages.push_back(json::object{
                {"id", entry.id},
                {"version", entry.version.text()},
                {"file", entry.file},
                {"size", static_cast<std::int64_t>(entry.size)},
                {"sha256", hex(entry.sha256)},
                {"name", entry.name},
                {"summary", entry.summary},
                {"vendor", entry.vendor},
                {"needs", std::move(needs)},
            });
        }
        object["packages"] = std::move(packages);
        return object;
    }
};

} // namespace

bool RevocationStatement::has_key(const PublicKey& key) const
{
    return std::ranges::find(keys, key_fingerprint(key)) != keys.end();
}

const RevokedPackage* RevocationStatement::find(std::string_view id, const Version& version) const
{
    const auto found = std::ranges::find_if(packages, [&](const RevokedPackage& package) {
        return package.id == id && package.versions.contains(version);
    });
    return found == packages.end() ? nullptr : &*found;
}

Result<TrustStatement> parse_statement(std::string_view text)
{
    auto parsed = parse_json(text, "statement");
    if (!parsed) return bad(parsed.error().message, parsed.error().where);
    if (!parsed->is_object()) return bad("the statement is no object", "");
    const json::object& object = parsed->get_object();
    MORTISE_TRY(const std::string kind, text_of(object, "kind", ""));
    if (kind == "key") return read_key(object);
    if (kind == "rotation") return read_rotation(object);
    if (kind == "revocations") return read_revocations(object);
    if (kind == "catalog") return read_catalog(object);
    return bad("there is no kind of statement \"" + kind + '"', "/kind");
}

std::string statement_text(const TrustStatement& statement)
{
    return to_json(std::visit(Writer{}, statement));
}

json::object period_json(const KeyPeriod& period)
{
    json::object object{{"key", base64(period.key)}};
    if (period.from) object["from"] = format_instant(*period.from);
    if (period.until) object["until"] = format_instant(*period.until);
    return object;
}

Result<KeyPeriod> read_period(const json::value& value, const std::string& where)
{
    if (!value.is_object()) return bad("a key is no object", where);
    const json::object& object = value.get_object();
    KeyPeriod period;
    MORTISE_TRY(period.key, key_of(object, "key", where));
    if (object.contains("from")) {
        MORTISE_TRY(period.from, time_of(object, "from", where));
    }
    if (object.contains("until")) {
        MORTISE_TRY(period.until, time_of(object, "until", where));
    }
    return period;
}

std::string_view vendor_of(std::string_view id)
{
    const std::size_t dot = id.rfind('.');
    return dot == std::string_view::npos ? id : id.substr(0, dot);
}

Error trust_error(
    ErrorCode code, std::string_view name, std::string message, std::string where, std::string hint
)
{
    return {
        .code = code,
        .message = std::move(message),
        .key = "trust." + std::string{name},
        .where = std::move(where),
        .hint = std::move(hint),
    };
}

} // namespace mortise::host
