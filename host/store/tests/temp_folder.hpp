#pragma once

/// \file
/// A folder for one test, and short-cuts that make tests of the store read well.

#include "store/database.hpp"

#include <filesystem>
#include <stdexcept>
#include <stdlib.h>
#include <string>

namespace mortise::host::test {

class TempFolder {
public:
    enum Place : bool { on_disk, in_memory };

    explicit TempFolder(Place place = on_disk)
    {
        const std::filesystem::path memory{"/dev/shm"};
        const bool use_memory = place == in_memory && std::filesystem::is_directory(memory);
        std::string pattern
            = (use_memory ? memory : std::filesystem::temp_directory_path()) / "mortise-test-XXXXXX";
        if (!::mkdtemp(pattern.data())) throw std::runtime_error{"no folder can be made at " + pattern};
        m_path = pattern;
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    ~TempFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    std::filesystem::path operator/(std::string_view name) const { return m_path / name; }

private:
    std::filesystem::path m_path;
};

template <class T>
T take(Result<T> result)
{
    if (!result) throw std::runtime_error{result.error().key + ": " + result.error().message};
    return *std::move(result);
}

inline void must(Result<void> result)
{
    if (!result) throw std::runtime_error{result.error().key + ": " + result.error().message};
}

inline std::unique_ptr<Database>
make_database(const std::filesystem::path& file, DatabaseOptions options = {})
{
    options.create = true;
    return take(Database::open(file, options));
}

/// The one number that `sql` gives.
inline std::int64_t number(Connection& connection, std::string_view sql)
{
    Statement statement = take(connection.prepare(sql));
    if (!take(statement.step())) throw std::runtime_error{"no row: " + std::string{sql}};
    return statement.integer(0);
}

inline std::string text(Connection& connection, std::string_view sql)
{
    Statement statement = take(connection.prepare(sql));
    if (!take(statement.step())) throw std::runtime_error{"no row: " + std::string{sql}};
    return std::string{statement.text(0)};
}

} // namespace mortise::host::test
