#pragma once

/// \file
/// A disk that loses power, runs full or fails to sync, for tests. `FaultyDisk` is a SQLite VFS over the
/// system's that remembers every write and sync; `PowerCut` rebuilds from that what a disk may hold when the
/// power goes: all that was synced, and of the rest any part, torn within sectors.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace mortise::host::test {

/// One thing that happened to a file.
struct DiskEvent {
    enum class Kind : std::uint8_t {
        write,
        truncate,
        sync,
        failed_sync, ///< what was written before it is in doubt for ever: a later sync does not bring it back
        remove,
        mark, ///< the test's own: `offset` is what was acknowledged
    };

    Kind kind;
    std::size_t file; ///< index in `FaultyDisk::files`
    std::int64_t offset; ///< of a write; size of a truncate; number of a mark
    std::vector<char> data;
};

/// Register it by making one, open the database with `vfs_name()`, close the database before it. Any thread.
class FaultyDisk {
public:
    FaultyDisk();
    FaultyDisk(const FaultyDisk&) = delete;
    FaultyDisk& operator=(const FaultyDisk&) = delete;
    ~FaultyDisk();

    const std::string& vfs_name() const noexcept;

    /// Notes that `number` has been acknowledged by now.
    void mark(std::int64_t number);
    /// From now on files may grow by so many bytes in all before the disk is full; negative: without end.
    void set_space(std::int64_t bytes);
    /// The sync after the next `count` ones fails; if `for_ever`, all after it too.
    void fail_sync_after(std::int64_t count, bool for_ever);
    /// All syncs work again.
    void mend();
    std::int64_t sync_count() const;

    /// What happened so far. Not while the database is used.
    const std::vector<DiskEvent>& events() const noexcept { return m_events; }
    const std::vector<std::string>& files() const noexcept { return m_files; }

    // For the files of the VFS.
    std::size_t file_named(const std::filesystem::path& path);
    bool grow(std::int64_t bytes);
    void log(DiskEvent event);
    bool next_sync_works(std::size_t file);

    struct Vfs;

private:
    std::unique_ptr<Vfs> m_vfs;
    mutable std::mutex m_mutex;
    std::vector<DiskEvent> m_events;
    std::vector<std::string> m_files;
    std::int64_t m_space{-1};
    std::int64_t m_syncs{0};
    std::int64_t m_failing_sync{-1};
    bool m_fails_for_ever{false};
};

enum class DiskModel : std::uint8_t {
    honest, ///< a sync keeps what it says
    ignores_sync, ///< as some disks do
};

/// Walks through what happened to a disk and makes images of what it may hold at any moment.
class PowerCut {
public:
    PowerCut(const FaultyDisk& disk, DiskModel model, unsigned seed);

    /// Goes on to just before event `event`; never back.
    void advance_to(std::size_t event);
    /// What had been acknowledged last by then; 0 for nothing.
    std::int64_t acknowledged() const noexcept { return m_marks.empty() ? 0 : m_marks.back(); }
    /// All that had been acknowledged by then.
    const std::vector<std::int64_t>& all_acknowledged() const noexcept { return m_marks; }
    /// Writes the files of one possible disk into `folder`, which is empty.
    void write_image(const std::filesystem::path& folder);

private:
    struct File {
        std::vector<char> durable;
        bool exists{false}; ///< for certain
        std::vector<const DiskEvent*> pending;
        std::vector<const DiskEvent*> doubtful; ///< lost by a sync that failed, or not
    };

    void happen(const DiskEvent& event);
    static void apply(std::vector<char>& content, const DiskEvent& event);
    void apply_torn(std::vector<char>& content, const DiskEvent& event);
    void apply_some(std::vector<char>& content, const std::vector<const DiskEvent*>& events);
    std::size_t pick(std::size_t below)
    {
        return std::uniform_int_distribution<std::size_t>{0, below - 1}(m_random);
    }

    const FaultyDisk& m_disk;
    DiskModel m_model;
    std::mt19937 m_random;
    std::vector<File> m_files;
    std::size_t m_at{0};
    std::vector<std::int64_t> m_marks;
};

} // namespace mortise::host::test
