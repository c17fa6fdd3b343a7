#pragma once

/// \file
/// `Statement`: one prepared SQL statement. Bind its parameters (numbered from 1), `step()` through its rows,
/// read their columns (numbered from 0), `reset()` it and use it again.

#include <mortise/result.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

struct sqlite3_stmt;

namespace mortise::host {

/// How SQLite stores one value.
enum class StorageClass : std::uint8_t { null, integer, real, text, blob };

/// Belongs to its Connection, must end before it, and is used on that connection's thread only.
///
/// Binding reports nothing by itself: a parameter that does not exist, or a value that is too big, is the
/// error of the next `step()` or `run()`. Parameters that are not bound are null.
class Statement {
public:
    Statement() = default;
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&& other) noexcept;
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement();

    void bind(int index, std::int64_t value);
    void bind(int index, double value);
    /// Copies `value`.
    void bind(int index, std::string_view value);
    void bind(int index, const char* value) { bind(index, std::string_view{value}); }
    void bind(int index, int value) { bind(index, std::int64_t{value}); }
    void bind(int index, bool value) { bind(index, std::int64_t{value}); }
    /// Does not copy: what `value` shows must stay as it is until the next `reset()` or `run()`.
    void bind_borrowed(int index, std::string_view value);
    /// Copies `value`.
    void bind_bytes(int index, std::span<const std::byte> value);
    /// Does not copy: what `value` shows must stay as it is until the next `reset()` or `run()`.
    void bind_bytes_borrowed(int index, std::span<const std::byte> value);
    void bind_null(int index);
    int parameter_count() const noexcept;
    /// The number of the parameter called `name` (with its colon, as in ":id"); 0 if there is none.
    int parameter_index(const char* name) const noexcept;
    /// What `parameter_index` takes: ":id", or "?7"; empty for a bare "?".
    std::string_view parameter_name(int index) const noexcept;

    /// Goes to the next row: true, a row is there; false, there are no more. After an error, or the end, the
    /// next call starts again from the first row.
    Result<bool> step();
    /// Steps to the end and resets, whether it went well or not. For statements that give no rows.
    Result<void> run();
    /// Ready to be bound and stepped anew; parameters are null again.
    void reset() noexcept;

    bool is_null(int column) const noexcept;
    std::int64_t integer(int column) const noexcept;
    double real(int column) const noexcept;
    /// Valid until the next `step()`, `run()` or `reset()`; empty for null.
    std::string_view text(int column) const noexcept;
    /// Valid until the next `step()`, `run()` or `reset()`; empty for null.
    std::span<const std::byte> bytes(int column) const noexcept;
    StorageClass storage_class(int column) const noexcept;
    int column_count() const noexcept;
    /// Valid as long as the statement.
    std::string_view column_name(int column) const noexcept;

    /// Takes over a prepared statement of SQLite, for this room's other files.
    explicit Statement(sqlite3_stmt* handle) noexcept : m_handle{handle} { }
    sqlite3_stmt* handle() const noexcept { return m_handle; }

private:
    void note(int code) noexcept;

    sqlite3_stmt* m_handle{nullptr};
    int m_bind_code{0}; ///< the first failure of a bind, told by the next step
};

} // namespace mortise::host
