#include "store/statement.hpp"

#include "store/sqlite_error.hpp"

#include <sqlite3.h>
#include <utility>

namespace mortise::host {

namespace {

// A null pointer would bind null: an empty text is a text all the same.
const char* data_of(std::string_view value)
{
    return value.data() ? value.data() : "";
}

} // namespace

Statement::Statement(Statement&& other) noexcept
    : m_handle{std::exchange(other.m_handle, nullptr)},
      m_bind_code{other.m_bind_code}
{
}

Statement& Statement::operator=(Statement&& other) noexcept
{
    std::swap(m_handle, other.m_handle);
    std::swap(m_bind_code, other.m_bind_code);
    return *this;
}

Statement::~Statement()
{
    sqlite3_finalize(m_handle);
}

void Statement::note(int code) noexcept
{
    if (code != SQLITE_OK && m_bind_code == SQLITE_OK) m_bind_code = code;
}

void Statement::bind(int index, std::int64_t value)
{
    note(sqlite3_bind_int64(m_handle, index, value));
}

void Statement::bind(int index, double value)
{
    note(sqlite3_bind_double(m_handle, index, value));
}

void Statement::bind(int index, std::string_view value)
{
    note(sqlite3_bind_text64(m_handle, index, data_of(value), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::bind_borrowed(int index, std::string_view value)
{
    note(sqlite3_bind_text64(m_handle, index, data_of(value), value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind_bytes(int index, std::span<const std::byte> value)
{
    const void* data = value.empty() ? static_cast<const void*>("") : value.data();
    note(sqlite3_bind_blob64(m_handle, index, data, value.size(), SQLITE_TRANSIENT));
}

void Statement::bind_bytes_borrowed(int index, std::span<const std::byte> value)
{
    const void* data = value.empty() ? static_cast<const void*>("") : value.data();
    note(sqlite3_bind_blob64(m_handle, index, data, value.size(), SQLITE_STATIC));
}

void Statement::bind_null(int index)
{
    note(sqlite3_bind_null(m_handle, index));
}

int Statement::parameter_count() const noexcept
{
    return sqlite3_bind_parameter_count(m_handle);
}

int Statement::parameter_index(const char* name) const noexcept
{
    return sqlite3_bind_parameter_index(m_handle, name);
}

std::string_view Statement::parameter_name(int index) const noexcept
{
    const char* name = sqlite3_bind_parameter_name(m_handle, index);
    return name ? std::string_view{name} : std::string_view{};
}

Result<bool> Statement::step()
{
    if (m_bind_code != SQLITE_OK) [[unlikely]]
        return sqlite_error(m_bind_code, sqlite3_errstr(m_bind_code));
    const int code = sqlite3_step(m_handle);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    Error error = sqlite_error(m_handle ? sqlite3_db_handle(m_handle) : nullptr, code);
    sqlite3_reset(m_handle); // lets go of its locks; the bindings stay
    return error;
}

Result<void> Statement::run()
{
    while (true) {
        auto row = step();
        if (row && *row) continue;
        reset();
        if (!row) return std::move(row).error();
        return {};
    }
}

void Statement::reset() noexcept
{
    sqlite3_reset(m_handle);
    sqlite3_clear_bindings(m_handle);
    m_bind_code = SQLITE_OK;
}

bool Statement::is_null(int column) const noexcept
{
    return sqlite3_column_type(m_handle, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const noexcept
{
    return sqlite3_column_int64(m_handle, column);
}

double Statement::real(int column) const noexcept
{
    return sqlite3_column_double(m_handle, column);
}

std::string_view Statement::text(int column) const noexcept
{
    const unsigned char* data = sqlite3_column_text(m_handle, column);
    if (!data) return {};
    return {
        reinterpret_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(m_handle, column))
    };
}

std::span<const std::byte> Statement::bytes(int column) const noexcept
{
    const void* data = sqlite3_column_blob(m_handle, column);
    if (!data) return {};
    return {
        static_cast<const std::byte*>(data), static_cast<std::size_t>(sqlite3_column_bytes(m_handle, column))
    };
}

StorageClass Statement::storage_class(int column) const noexcept
{
    switch (sqlite3_column_type(m_handle, column)) {
    case SQLITE_INTEGER:
        return StorageClass::integer;
    case SQLITE_FLOAT:
        return StorageClass::real;
    case SQLITE_TEXT:
        return StorageClass::text;
    case SQLITE_BLOB:
        return StorageClass::blob;
    default:
        return StorageClass::null;
    }
}

int Statement::column_count() const noexcept
{
    return sqlite3_column_count(m_handle);
}

std::string_view Statement::column_name(int column) const noexcept
{
    const char* name = sqlite3_column_name(m_handle, column);
    return name ? std::string_view{name} : std::string_view{};
}

} // namespace mortise::host
