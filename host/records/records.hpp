#pragma once

/// \file
/// Records: the one way to change data in the host, and the plain reads. SQL reads are in
/// `records/views.hpp`.
///
/// Thread-safety: every member may be called from any thread at any time.

#include "access/principal.hpp"
#include "base/clock.hpp"
#include "records/hooks.hpp"
#include "records/row.hpp"
#include "records/schema.hpp"
#include "records/type_declaration.hpp"
#include "records/unit_of_work.hpp"

#include <mortise/result.hpp>

#include <functional>
#include <memory>
#include <set>
#include <span>

namespace mortise::host {

class BlobStore;
class Database;
class Writer;
struct PreparedUnit;

/// A page of a list. Lists are read by position, never by offset.
struct ListOptions {
    std::string sort{}; ///< field, or "-field" for descending; empty: id
    std::size_t limit{50};
    std::string after{}; ///< cursor of the page before; empty: the first page
    bool deleted{false}; ///< list the deleted ones instead
    Value where{}; ///< a filter (records/list_filter.hpp); null: all
};

struct ListPage {
    std::vector<Row> rows;
    std::string next; ///< cursor of the next page; empty: this was the last
};

class Records {
public:
    Records(Database& database, Writer& writer, const Clock& clock);
    ~Records();
    Records(const Records&) = delete;
    Records& operator=(const Records&) = delete;

    /// Reads the schema; on a fresh database makes the host's own types first.
    Result<void> open();

    /// The last call, while the writer still works: gives unused numbers back. Also done at the end of its
    /// life.
    void close() noexcept;

    SchemaPointer schema() const;
    /// As the principal sees it: without types that it may not read, and hidden fields without a name. Slots
    /// are those of `schema()`.
    SchemaPointer schema(const Principal& principal) const;
    /// Makes the types and fields of `owner` what `declarations` say: adds what is new, archives what is
    /// gone, refuses what cannot be done (a retype). Runs as one transaction. Returns whether anything
    /// changed.
    Result<bool> declare(std::string_view owner, std::span<const TypeDeclaration> declarations);
    /// Archives all types and fields of `owner`; `declare` brings them back.
    Result<void> archive(std::string_view owner);
    /// Sets where the business is, by any name or code of the country; `invalid` if there is none of that
    /// name. What is stored already stays as it is.
    Result<void> set_country(std::string_view country);
    /// Called after each change of types, on the thread that changed them.
    void on_schema_change(std::function<void(SchemaPointer)> listener);

    /// The first of `count` numbers in a row for records that are still to be made. They are used up even if
    /// the unit never commits.
    Result<Id> reserve(std::size_t count);

    /// Validates, asks the hooks, writes, and returns when it is durable. Errors: invalid (`where` names the
    /// field), not_found, conflict, exists, denied, refused (by a hook), limit, io, cancelled.
    Result<Commit> commit(const CallContext& context, const UnitOfWork& unit);
    /// The first half of `commit`, for those who make the next unit ready while one is being written: all but
    /// the writing. Errors as of `commit`.
    Result<std::shared_ptr<PreparedUnit>> prepare(const CallContext& context, const UnitOfWork& unit);
    /// The second half: writes what was prepared, and in the same transaction `also`, which is prepared now.
    /// Error beside those of `commit`: retry when what was prepared is no longer true; the unit is then to be
    /// committed as if it had never been prepared.
    Result<Commit>
    commit(const CallContext& context, const std::shared_ptr<PreparedUnit>& prepared, const UnitOfWork& also);
    /// All of `commit` but the writing: what would become of the changes.
    Result<std::vector<Row>> preview(const CallContext& context, const UnitOfWork& unit);

    /// One record; `not_found` also when the principal may not see it. In all rows that are read for a
    /// principal, fields that are hidden from it have no value.
    /// Deleted ones are found with
    /// `with_deleted`.
    Result<Row> get(const Principal& principal, std::string_view type, Id id, bool with_deleted = false);
    /// Several, in the order of `ids`; those that are not there (or not visible) are left out.
    Result<std::vector<Row>> get(const Principal& principal, std::string_view type, std::span<const Id> ids);
    /// The records in which `field` has this value (after normalisation), by id, at most `limit`.
    Result<std::vector<Row>> find(
        const Principal& principal,
        std::string_view type,
        std::string_view field,
        const Value& value,
        std::size_t limit
    );
    Result<ListPage> list(const Principal& principal, std::string_view type, const ListOptions& options);
    /// Contacts whose processing is restricted (records/restrictions.hpp).
    Result<std::set<std::int64_t>> restricted();
    /// Those among `ids` that are such contacts, or refer to one directly, also by fields that are hidden
    /// from somebody. Others between the least and the greatest of them may be in it too.
    Result<std::set<std::int64_t>> restricted(std::string_view type, std::span<const Id> ids);
    /// Every version that a record has had, oldest first; the last is the present one.
    Result<std::vector<Row>> history(const Principal& principal, std::string_view type, Id id);

    /// Hooks are run by whoever is set here (the plugins room); null: none.
    void set_hooks(HookRunner* hooks) noexcept;
    /// Where the contents of files lie; it outlives the last commit. Without it no file can be written.
    void set_blobs(const BlobStore* blobs) noexcept;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace mortise::host
