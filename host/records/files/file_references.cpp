#include "records/files/file_references.hpp"

#include "records/field_codec.hpp"
#include "store/connection.hpp"

#include <algorithm>

namespace mortise::host {

namespace {

std::string user_claimant(Id user)
{
    return "user:" + std::to_string(user.number);
}

bool is_claimed(const BlobStore& blobs, const Principal& principal, std::string_view digest)
{
    return (principal.plugin && blobs.is_claimed("plugin:" + principal.plugin->plugin(), digest))
        || (principal.user && blobs.is_claimed(user_claimant(principal.user), digest));
}

bool may_read(const Principal& principal, const RecordType& type)
{
    if (!principal.reads(type.name)) return false;
    return !principal.plugin || type.owner == principal.plugin->plugin()
        || principal.plugin_allows(type.plural + ".read");
}

Result<bool> is_found(Connection& reader, const std::string& sql, Id id, std::string_view digest)
{
    MORTISE_TRY(Statement * select, reader.cached(sql));
    select->bind(1, digest);
    if (id) select->bind(2, id.number);
    MORTISE_TRY(const bool found, select->step());
    select->reset();
    return found;
}

/// Whether a record that the principal may read has these contents.
Result<bool> is_seen(const Preparation& given, std::string_view digest)
{
    const Principal& principal = given.context.principal;
    for (const TypePointer& type : given.seen.types()) {
        if (!may_read(principal, *type)) continue;
        const Id owner = type->shared ? Id{} : principal.row_owner(type->name);
        for (const Field& field : type->fields) {
            if (!field.is_file() || field.hidden) continue;
            const std::string sql = "SELECT 1 FROM " + quoted_name(type->table) + " WHERE "
                + quoted_name(columns_of(field).front()) + " = ?1 AND deleted_at IS NULL"
                + (owner ? " AND owner = ?2" : "") + " LIMIT 1";
            MORTISE_TRY(const bool found, is_found(given.reader, sql, owner, digest));
            if (found) return true;
        }
    }
    return false;
}

/// Whether the field had these contents in the record before: then it may have them again.
Result<bool> was_here(
    const Preparation& given, const RecordType& type, const Field& field, Id record, std::string_view digest
)
{
    return is_found(
        given.reader,
        "SELECT 1 FROM " + quoted_name(type.table + "_h") + " WHERE id = ?2 AND "
            + quoted_name(columns_of(field).front()) + " = ?1 LIMIT 1",
        record,
        digest
    );
}

} // namespace

std::string file_claimant(const Principal& principal)
{
    if (principal.plugin) return "plugin:" + principal.plugin->plugin();
    return principal.user ? user_claimant(principal.user) : "system";
}

Result<Map> file_named(std::string_view name, std::string_view type)
{
    const Field as_file{.name = "name", .kind = FieldKind::file};
    const std::string any_digest(64, '0');
    MORTISE_TRY(
        const Value named, coerce(as_file, Map{{"digest", any_digest}, {"name", name}, {"type", type}})
    );
    return Map{{"digest", {}}, {"name", named["name"]}, {"size", {}}, {"type", named["type"]}};
}

Map file_value(Map named, const BlobFile& contents)
{
    named.set("digest", contents.digest);
    named.set("size", static_cast<std::int64_t>(contents.size));
    return named;
}

Result<void>
check_file(const Preparation& given, const RecordType& type, const Field& field, Id record, Value& value)
{
    auto* file = value.as<Map>();
    if (!file) return {};
    const std::string digest{(*file)["digest"].text()};
    const auto size = given.blobs ? given.blobs->size_of(digest) : std::nullopt;
    bool may = size
        && (given.context.principal.is_system || is_claimed(*given.blobs, given.context.principal, digest));
    if (size && !may) {
        MORTISE_TRY(may, is_seen(given, digest));
    }
    if (size && !may) {
        MORTISE_TRY(may, was_here(given, type, field, record, digest));
    }
    if (!may)
        return Error{
            .code = ErrorCode::invalid,
            .message
            = "no file with the digest " + digest + " was handed in, and no record that may be read has it",
            .key = "records.unknown_file",
            .where = field.name,
            .hint = "hand its contents in first: \"mortise records " + type.name + " attach ID " + field.name
                + " FILE\", or mortise.blobs/1 of the SDK",
        };
    file->set("size", static_cast<std::int64_t>(*size));
    return {};
}

} // namespace mortise::host
