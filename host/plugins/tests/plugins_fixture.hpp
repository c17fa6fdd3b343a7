#pragma once

/// \file
/// A host with all rooms that plugins work with, over a database in a temporary folder, and the fixtures'
/// plugins in a folder of its own from which tests may take and change them.

#include "base/clock.hpp"
#include "commands/registry.hpp"
#include "events/dispatcher.hpp"
#include "jobs/job_queue.hpp"
#include "plugins/plugin_manager.hpp"
#include "records/files/file_keeper.hpp"
#include "records/records.hpp"
#include "records/views.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mortise::host {

/// Lines of /proc/self/maps that are of plugins, in memory or in the folder of copies. Not of the one that is
/// never unmapped: tests before this one may have left it.
inline std::size_t plugin_mappings(const std::filesystem::path& copies)
{
    std::ifstream maps{"/proc/self/maps"};
    std::size_t count = 0;
    for (std::string line; std::getline(maps, line);) {
        const bool in_memory
            = line.find("/memfd:") != std::string::npos && line.find(".so") != std::string::npos;
        const bool is_ours = in_memory || line.find(copies.string()) != std::string::npos;
        count += is_ours && line.find("pinned.so") == std::string::npos ? 1 : 0;
    }
    return count;
}

class PluginsTest : public testing::Test {
protected:
    static constexpr std::chrono::seconds patience{20};

    void SetUp() override
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "mortise-plugins-XXXXXX").string();
        m_folder = ::mkdtemp(pattern.data());
        std::filesystem::create_directories(m_folder / "installed");
        open();
    }
    void TearDown() override
    {
        close();
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }

    /// Puts one of the fixtures where the host finds it.
    void install(const std::string& name)
    {
        const std::string id = "com.test." + name;
        std::filesystem::copy(std::filesystem::path{MORTISE_FIXTURES} / id, m_folder / "installed" / id);
        ASSERT_TRUE(m_plugins->rescan());
    }
    /// Changes the manifest of a fixture that was installed: each pair replaces a text by another.
    void rewrite(const std::string& name, const std::vector<std::pair<std::string, std::string>>& changes)
    {
        const std::filesystem::path file = m_folder / "installed" / ("com.test." + name) / "plugin.json";
        std::ifstream in{file, std::ios::binary};
        std::string text{std::istreambuf_iterator<char>{in}, {}};
        for (const auto& [from, to] : changes) {
            ASSERT_NE(text.find(from), std::string::npos) << from;
            text.replace(text.find(from), from.size(), to);
        }
        std::filesystem::permissions(
            file, std::filesystem::perms::owner_write, std::filesystem::perm_options::add
        );
        std::ofstream{file} << text;
        ASSERT_TRUE(m_plugins->rescan());
    }
    void isolate(const std::string& name)
    {
        const auto isolated = m_plugins->isolate("com.test." + name, true);
        ASSERT_TRUE(isolated) << isolated.error().message;
    }
    void enable(const std::string& name)
    {
        install(name);
        enable_installed(name);
    }

    void enable_installed(const std::string& name)
    {
        if (m_isolated) isolate(name);
        const auto enabled = m_plugins->enable("com.test." + name);
        ASSERT_TRUE(enabled) << enabled.error().where << ": " << enabled.error().message;
    }

    /// Puts a built plugin where the host finds it, from the folder that it was built into, and enables it.
    void enable_built(const char* folder, const char* id)
    {
        std::filesystem::copy(
            std::filesystem::path{folder} / id,
            m_folder / "installed" / id,
            std::filesystem::copy_options::recursive
        );
        ASSERT_TRUE(m_plugins->rescan());
        if (m_isolated) {
            const auto isolated = m_plugins->isolate(id, true);
            ASSERT_TRUE(isolated) << isolated.error().message;
        }
        const auto enabled = m_plugins->enable(id);
        ASSERT_TRUE(enabled) << enabled.error().where << ": " << enabled.error().message;
    }

    void open()
    {
        auto database = Database::open(m_folder / "mortise.db", {.create = true});
        ASSERT_TRUE(database) << database.error().message;
        m_database = *std::move(database);
        m_writer = std::make_unique<Writer>(*m_database, m_clock);
        ASSERT_TRUE(m_writer->open());
        m_records = std::make_unique<Records>(*m_database, *m_writer, m_clock);
        ASSERT_TRUE(m_records->open());
        m_log = std::make_unique<EventLog>(*m_database);
        ASSERT_TRUE(m_log->open());
        m_dispatcher = std::make_unique<Dispatcher>(*m_database, *m_writer, *m_records, *m_log, m_clock);
        m_writer->on_commit([this](std::int64_t last) { m_dispatcher->notify(last); });
        m_commands = std::make_unique<CommandRegistry>();
        auto blobs = BlobStore::open(m_folder / "blobs", m_folder / "run");
        ASSERT_TRUE(blobs) << blobs.error().message;
        m_blobs = *std::move(blobs);
        m_records->set_blobs(m_blobs.get());
        m_files = std::make_unique<FileKeeper>(*m_database, *m_writer, *m_records, *m_blobs, m_clock);
        m_views = std::make_unique<Views>(*m_database, *m_records);
        m_jobs = std::make_unique<JobQueue>(*m_database, *m_writer, m_clock);
        ASSERT_TRUE(m_jobs->open());
        m_plugins = std::make_unique<PluginManager>(
            PluginServices{
                *m_database,
                *m_writer,
                *m_records,
                *m_log,
                *m_dispatcher,
                *m_commands,
                *m_views,
                *m_jobs,
                m_clock,
                "mortise:test/1",
                m_observer,
                {},
                m_files.get()
            },
            PluginFolders{m_folder / "installed", m_folder / "data", m_folder / "run", m_runner}
        );
        const auto opened = m_plugins->open();
        ASSERT_TRUE(opened) << opened.error().message;
    }

    void close()
    {
        m_plugins.reset();
        m_jobs.reset(); // what it still writes is told to the dispatcher, as in the host
        m_dispatcher.reset();
        m_writer->stop();
        m_views.reset();
        m_commands.reset();
        m_log.reset();
        m_files.reset();
        m_records.reset();
        m_blobs.reset();
        m_writer.reset();
        m_database.reset();
    }

    static CallContext system()
    {
        CallContext context;
        context.principal = Principal::system();
        context.client = "test";
        return context;
    }

    Result<Value>
    call(std::string_view name, const Map& arguments = {}, const CallContext& context = system())
    {
        return m_commands->call(name, context, arguments);
    }
    /// The answer of a command that must succeed.
    Value must(std::string_view command, const Map& arguments = {})
    {
        auto answer = call(command, arguments);
        EXPECT_TRUE(answer) << command << ": " << answer.error().message << " " << answer.error().where;
        return answer ? *std::move(answer) : Value{};
    }
    /// The rows of a query.
    std::vector<std::vector<Value>> rows(const std::string& sql)
    {
        auto found = m_views->query(Principal::system(), {.sql = sql});
        EXPECT_TRUE(found) << found.error().message;
        std::vector<std::vector<Value>> all;
        while (found) {
            const auto more = found->step();
            EXPECT_TRUE(more);
            if (!more || !*more) break;
            std::vector<Value>& row = all.emplace_back();
            for (std::size_t column = 0; column < found->columns().size(); ++column)
                row.push_back(found->value(static_cast<int>(column)));
        }
        return all;
    }
    Result<Value> act(std::string_view what) { return call("sample.do", {{"what", what}}); }

    Result<Commit> change(Change change)
    {
        UnitOfWork unit;
        unit.changes.push_back(std::move(change));
        return m_records->commit(system(), std::move(unit));
    }
    Result<Commit> create_contact(std::string_view name, Map more = {})
    {
        more.set("name", name);
        return change(
            {.operation = Operation::create,
             .type = "contact",
             .id = {},
             .version = {},
             .values = std::move(more)}
        );
    }
    Value field(Id id, std::string_view name, std::string_view type = "contact")
    {
        const auto row = m_records->get(Principal::system(), type, id);
        return row ? value_of(*m_records->schema()->find(type), *row, name) : Value{};
    }

    /// The texts of the notes that the sample has written, in their order.
    std::vector<std::string> notes()
    {
        std::vector<std::string> texts;
        const auto page
            = m_records->list(Principal::system(), "sample_note", {.sort = {}, .limit = 1000, .after = {}});
        EXPECT_TRUE(page) << page.error().message;
        for (const Row& row : page->rows)
            texts.emplace_back(value_of(*m_records->schema()->find("sample_note"), row, "text").text());
        return texts;
    }
    bool settle()
    {
        m_plugins->drain();
        return m_dispatcher->wait_until(m_log->last(), patience);
    }
    template <class Condition>
    static bool eventually(Condition condition)
    {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (std::chrono::steady_clock::now() < end) {
            if (condition()) return true;
            std::this_thread::yield();
        }
        return false;
    }
    PluginStatus status(const std::string& name) { return *m_plugins->find("com.test." + name); }

    /// Every plugin runs in a process of its own: the same tests must hold.
    const bool m_isolated{std::getenv("MORTISE_TEST_ISOLATED") != nullptr};
    std::filesystem::path m_runner{MORTISE_RUNNER};
    CallObserver* m_observer{nullptr}; ///< of every call across the border; to be set before the host opens
    std::filesystem::path m_folder;
    ManualClock m_clock{Instant{1'767'225'600'000'000}}; // 2026-01-01
    std::unique_ptr<Database> m_database;
    std::unique_ptr<Writer> m_writer;
    std::unique_ptr<BlobStore> m_blobs;
    std::unique_ptr<Records> m_records;
    std::unique_ptr<FileKeeper> m_files;
    std::unique_ptr<EventLog> m_log;
    std::unique_ptr<Dispatcher> m_dispatcher;
    std::unique_ptr<CommandRegistry> m_commands;
    std::unique_ptr<Views> m_views;
    std::unique_ptr<JobQueue> m_jobs;
    std::unique_ptr<PluginManager> m_plugins;
};

} // namespace mortise::host
