#include "power_cut_vfs.hpp"

#include <algorithm>
#include <atomic>
#include <new>
#include <sqlite3.h>

namespace mortise::host::test {

struct FaultyDisk::Vfs {
    FaultyDisk* disk{nullptr};
    sqlite3_vfs* base{nullptr};
    std::string name;
    sqlite3_vfs shown{};
};

namespace {

/// Behind it, in the same memory, lies the system's file.
struct LoggedFile {
    sqlite3_file shown;
    FaultyDisk* disk;
    std::size_t number;
    sqlite3_int64 size;

    sqlite3_file* real() noexcept { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

LoggedFile& file_of(sqlite3_file* file) noexcept
{
    return *reinterpret_cast<LoggedFile*>(file);
}

sqlite3_file* real_of(sqlite3_file* file) noexcept
{
    return file_of(file).real();
}

const sqlite3_io_methods& methods_of(sqlite3_file* file) noexcept
{
    return *real_of(file)->pMethods;
}

int close_file(sqlite3_file* file)
{
    return methods_of(file).xClose(real_of(file));
}

int read_file(sqlite3_file* file, void* data, int count, sqlite3_int64 offset)
{
    return methods_of(file).xRead(real_of(file), data, count, offset);
}

int write_file(sqlite3_file* file, const void* data, int count, sqlite3_int64 offset)
{
    LoggedFile& self = file_of(file);
    const sqlite3_int64 end = std::max(self.size, offset + count);
    if (!self.disk->grow(end - self.size)) return SQLITE_FULL;
    const int code = methods_of(file).xWrite(real_of(file), data, count, offset);
    if (code != SQLITE_OK) return code;
    self.size = end;
    const auto* bytes = static_cast<const char*>(data);
    self.disk->log({DiskEvent::Kind::write, self.number, offset, {bytes, bytes + count}});
    return SQLITE_OK;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size)
{
    LoggedFile& self = file_of(file);
    self.size = std::min(self.size, size);
    self.disk->log({DiskEvent::Kind::truncate, self.number, size, {}});
    return methods_of(file).xTruncate(real_of(file), size);
}

/// The system's file is not synced: these tests are about what we remember, and would wait for the disk in
/// vain.
int sync_file(sqlite3_file* file, int)
{
    LoggedFile& self = file_of(file);
    return self.disk->next_sync_works(self.number) ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

int size_file(sqlite3_file* file, sqlite3_int64* size)
{
    return methods_of(file).xFileSize(real_of(file), size);
}

int lock_file(sqlite3_file* file, int level)
{
    return methods_of(file).xLock(real_of(file), level);
}

int unlock_file(sqlite3_file* file, int level)
{
    return methods_of(file).xUnlock(real_of(file), level);
}

int check_lock(sqlite3_file* file, int* reserved)
{
    return methods_of(file).xCheckReservedLock(real_of(file), reserved);
}

int control_file(sqlite3_file* file, int operation, void* argument)
{
    return methods_of(file).xFileControl(real_of(file), operation, argument);
}

int sector_size(sqlite3_file* file)
{
    return methods_of(file).xSectorSize(real_of(file));
}

/// Promises nothing, so that SQLite is as careful as on the worst disk.
int device_characteristics(sqlite3_file*)
{
    return 0;
}

int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** memory)
{
    return methods_of(file).xShmMap(real_of(file), page, size, extend, memory);
}

int lock_shared(sqlite3_file* file, int offset, int count, int flags)
{
    return methods_of(file).xShmLock(real_of(file), offset, count, flags);
}

void shared_barrier(sqlite3_file* file)
{
    methods_of(file).xShmBarrier(real_of(file));
}

int unmap_shared(sqlite3_file* file, int remove)
{
    return methods_of(file).xShmUnmap(real_of(file), remove);
}

/// Version 2: with the shared memory of the WAL, without mapping of the file itself.
constexpr sqlite3_io_methods logged_methods{
    2,
    close_file,
    read_file,
    write_file,
    truncate_file,
    sync_file,
    size_file,
    lock_file,
    unlock_file,
    check_lock,
    control_file,
    sector_size,
    device_characteristics,
    map_shared,
    lock_shared,
    shared_barrier,
    unmap_shared,
    nullptr,
    nullptr
};

FaultyDisk::Vfs& layer_of(sqlite3_vfs* vfs) noexcept
{
    return *static_cast<FaultyDisk::Vfs*>(vfs->pAppData);
}

sqlite3_vfs* base_of(sqlite3_vfs* vfs) noexcept
{
    return layer_of(vfs).base;
}

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags)
{
    constexpr int logged = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL;
    sqlite3_vfs* base = base_of(vfs);
    if ((flags & logged) == 0 || !name) return base->xOpen(base, name, file, flags, out_flags);
    FaultyDisk* disk = layer_of(vfs).disk;
    auto* self = new (file) LoggedFile{{nullptr}, disk, disk->file_named(name), 0};
    const int code = base->xOpen(base, name, self->real(), flags, out_flags);
    if (code != SQLITE_OK) return code;
    self->shown.pMethods = &logged_methods;
    return methods_of(file).xFileSize(self->real(), &self->size);
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder)
{
    FaultyDisk* disk = layer_of(vfs).disk;
    const int code = base_of(vfs)->xDelete(base_of(vfs), name, sync_folder);
    if (code == SQLITE_OK) disk->log({DiskEvent::Kind::remove, disk->file_named(name), sync_folder, {}});
    return code;
}

int access_file(sqlite3_vfs* vfs, const char* name, int flags, int* result)
{
    return base_of(vfs)->xAccess(base_of(vfs), name, flags, result);
}

int full_path(sqlite3_vfs* vfs, const char* name, int size, char* out)
{
    return base_of(vfs)->xFullPathname(base_of(vfs), name, size, out);
}

int randomness(sqlite3_vfs* vfs, int size, char* out)
{
    return base_of(vfs)->xRandomness(base_of(vfs), size, out);
}

int wait(sqlite3_vfs* vfs, int microseconds)
{
    return base_of(vfs)->xSleep(base_of(vfs), microseconds);
}

int current_time(sqlite3_vfs* vfs, double* time)
{
    return base_of(vfs)->xCurrentTime(base_of(vfs), time);
}

int last_error(sqlite3_vfs* vfs, int size, char* out)
{
    return base_of(vfs)->xGetLastError(base_of(vfs), size, out);
}

int current_time_ms(sqlite3_vfs* vfs, sqlite3_int64* time)
{
    return base_of(vfs)->xCurrentTimeInt64(base_of(vfs), time);
}

} // namespace

FaultyDisk::FaultyDisk() : m_vfs{std::make_unique<Vfs>()}
{
    m_vfs->disk = this;
    m_vfs->base = sqlite3_vfs_find(nullptr);
    m_vfs->name = "faulty-disk-" + std::to_string(reinterpret_cast<std::uintptr_t>(this));
    sqlite3_vfs& shown = m_vfs->shown;
    shown.iVersion = 2;
    shown.szOsFile = static_cast<int>(sizeof(LoggedFile)) + m_vfs->base->szOsFile;
    shown.mxPathname = m_vfs->base->mxPathname;
    shown.zName = m_vfs->name.c_str();
    shown.pAppData = m_vfs.get();
    shown.xOpen = open_file;
    shown.xDelete = delete_file;
    shown.xAccess = access_file;
    shown.xFullPathname = full_path;
    shown.xRandomness = randomness;
    shown.xSleep = wait;
    shown.xCurrentTime = current_time;
    shown.xGetLastError = last_error;
    shown.xCurrentTimeInt64 = current_time_ms;
    sqlite3_vfs_register(&shown, 0);
}

FaultyDisk::~FaultyDisk()
{
    sqlite3_vfs_unregister(&m_vfs->shown);
}

const std::string& FaultyDisk::vfs_name() const noexcept
{
    return m_vfs->name;
}

void FaultyDisk::mark(std::int64_t number)
{
    log({DiskEvent::Kind::mark, 0, number, {}});
}

void FaultyDisk::set_space(std::int64_t bytes)
{
    const std::lock_guard lock{m_mutex};
    m_space = bytes;
}

void FaultyDisk::fail_sync_after(std::int64_t count, bool for_ever)
{
    const std::lock_guard lock{m_mutex};
    m_failing_sync = m_syncs + count;
    m_fails_for_ever = for_ever;
}

void FaultyDisk::mend()
{
    const std::lock_guard lock{m_mutex};
    m_failing_sync = -1;
}

std::int64_t FaultyDisk::sync_count() const
{
    const std::lock_guard lock{m_mutex};
    return m_syncs;
}

std::size_t FaultyDisk::file_named(const std::filesystem::path& path)
{
    const std::lock_guard lock{m_mutex};
    const std::string name = path.filename().string();
    const auto found = std::ranges::find(m_files, name);
    if (found != m_files.end()) return static_cast<std::size_t>(found - m_files.begin());
    m_files.push_back(name);
    return m_files.size() - 1;
}

bool FaultyDisk::grow(std::int64_t bytes)
{
    const std::lock_guard lock{m_mutex};
    if (m_space < 0 || bytes <= 0) return true;
    if (bytes > m_space) return false;
    m_space -= bytes;
    return true;
}

void FaultyDisk::log(DiskEvent event)
{
    const std::lock_guard lock{m_mutex};
    m_events.push_back(std::move(event));
}

bool FaultyDisk::next_sync_works(std::size_t file)
{
    const std::lock_guard lock{m_mutex};
    const std::int64_t number = m_syncs++;
    const bool fails
        = m_failing_sync >= 0 && (m_fails_for_ever ? number >= m_failing_sync : number == m_failing_sync);
    m_events.push_back({fails ? DiskEvent::Kind::failed_sync : DiskEvent::Kind::sync, file, 0, {}});
    return !fails;
}

} // namespace mortise::host::test
