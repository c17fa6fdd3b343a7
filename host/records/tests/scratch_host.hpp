#pragma once

/// \file
/// A database in a temporary folder with the writer and the records of a host over it, for tests of rooms.

#include "base/clock.hpp"
#include "blobs/blob_store.hpp"
#include "records/records.hpp"
#include "records/writer.hpp"
#include "store/database.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

namespace mortise::host {

class ScratchFolder {
public:
    ScratchFolder()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "mortise-test-XXXXXX").string();
        m_path = ::mkdtemp(pattern.data());
    }
    ~ScratchFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    const std::filesystem::path& path() const noexcept { return m_path; }

private:
    std::filesystem::path m_path;
};

class ScratchHost {
public:
    explicit ScratchHost(bool open_at_once = true)
    {
        if (open_at_once) open();
    }

    void open()
    {
        auto opened = Database::open(m_folder.path() / "mortise.db", DatabaseOptions{.create = true});
        ASSERT_TRUE(opened) << opened.error().message;
        database = *std::move(opened);
        writer = std::make_unique<Writer>(*database, clock);
        ASSERT_TRUE(writer->open());
        records = std::make_unique<Records>(*database, *writer, clock);
        auto kept = BlobStore::open(m_folder.path() / "blobs", m_folder.path() / "run");
        ASSERT_TRUE(kept) << kept.error().message;
        blobs = *std::move(kept);
        records->set_blobs(blobs.get());
        const auto ready = records->open();
        ASSERT_TRUE(ready) << ready.error().message;
    }

    void close()
    {
        records.reset();
        blobs.reset();
        writer.reset();
        database.reset();
    }

    static CallContext system()
    {
        CallContext context;
        context.principal = Principal::system();
        context.client = "test";
        return context;
    }

    Result<Commit> commit(Change change)
    {
        UnitOfWork unit;
        unit.changes.push_back(std::move(change));
        return records->commit(system(), std::move(unit));
    }

    Result<Commit> create(std::string type, Map values)
    {
        return commit(
            {.operation = Operation::create,
             .type = std::move(type),
             .id = {},
             .version = {},
             .values = std::move(values)}
        );
    }

    const std::filesystem::path& path() const noexcept { return m_folder.path(); }

    ManualClock clock{Instant{1'767'225'600'000'000}}; // 2026-01-01
    std::unique_ptr<Database> database;
    std::unique_ptr<Writer> writer;
    std::unique_ptr<BlobStore> blobs;
    std::unique_ptr<Records> records;

private:
    ScratchFolder m_folder;
};

} // namespace mortise::host
