#pragma once

/// \file
/// What the groups of rows measure on: the parts of the host that a write passes through, a whole host with
/// plugins, and contacts to fill them with.

#include "control/host.hpp"
#include "records/records.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace mortise::bench {

/// A temporary folder.
class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::filesystem::path operator/(std::string_view name) const { return m_path / name; }

private:
    std::filesystem::path m_path;
};

[[noreturn]] void give_up(const std::string& why);

template <class T>
T must(Result<T> result)
{
    if (!result) give_up(result.error().message + " (" + result.error().where + ")");
    return *std::move(result);
}
void must(const Result<void>& result);

/// A hook that looks at every contact, as one is registered on our side of each comparison.
class LookingHook final : public host::HookRunner {
public:
    bool wants(const host::RecordType& type, host::Operation) const noexcept override
    {
        return type.name == "contact";
    }
    Result<void> run(const host::CallContext&, std::span<host::Draft* const> drafts) override
    {
        for (host::Draft* draft : drafts)
            m_seen += draft->after().values.size();
        return {};
    }

private:
    std::size_t m_seen{0};
};

/// Records over one database, with one hook.
struct House {
    explicit House(const std::filesystem::path& file);

    std::unique_ptr<host::Database> database;
    host::Writer writer;
    host::Records records;
    LookingHook hook;
};

/// A whole host whose plugins are those of the bench.
class PluginHouse {
public:
    /// `plugins` are names of folders in `tests/bench/plugins`; all are enabled.
    explicit PluginHouse(const std::vector<std::string>& plugins);
    /// So many copies of the plugin "counter", with ids of their own. Not enabled.
    void add_counters(std::size_t count);
    static std::string counter_id(std::size_t number);

    host::Host& host() noexcept { return *m_host; }
    Value call(std::string_view command, const Map& arguments);
    std::filesystem::path database() const { return m_folder / "data/mortise.db"; }

private:
    Folder m_folder; // outlives the host
    std::unique_ptr<host::Host> m_host;
};

/// Where the build put a plugin of the bench.
std::filesystem::path built_plugin(std::string_view name);

host::CallContext as_system();

/// The contact number `i`, always the same.
Map sample_contact(std::size_t i);
std::string sample_email(std::size_t i);
host::UnitOfWork creation(std::size_t i);
/// Creates contacts 0 to `count` in units of 1,000; returns their ids.
std::vector<Id> fill(host::Records& records, std::size_t count);
/// The same contacts as a CSV file; `from` is the first one's number.
std::string sample_csv(std::size_t from, std::size_t count);

} // namespace mortise::bench
