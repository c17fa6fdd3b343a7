#include "store/guard/temporary_space.hpp"

#include "base/random.hpp"

#include <algorithm>
#include <new>
#include <sqlite3.h>

namespace mortise::host {

struct TemporarySpace::Vfs {
    TemporarySpace* space{nullptr};
    sqlite3_vfs* base{nullptr};
    std::string name;
    sqlite3_vfs shown{};
};

bool TemporarySpace::grow(std::uint64_t bytes) noexcept
{
    if (bytes > m_limit || m_used > m_limit - bytes) return false;
    m_used += bytes;
    return true;
}

namespace {

/// A temporary file; behind it, in the same memory, lies the file of the VFS that does the work.
struct TemporaryFile {
    sqlite3_file shown;
    TemporarySpace* space;
    sqlite3_int64 size;

    sqlite3_file* real() noexcept { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

TemporaryFile& file_of(sqlite3_file* file) noexcept
{
    return *reinterpret_cast<TemporaryFile*>(file);
}

sqlite3_file* real_of(sqlite3_file* file) noexcept
{
    return file_of(file).real();
}

int close_file(sqlite3_file* file) noexcept
{
    TemporaryFile& self = file_of(file);
    self.space->shrink(static_cast<std::uint64_t>(self.size));
    return self.real()->pMethods->xClose(self.real());
}

int read_file(sqlite3_file* file, void* data, int count, sqlite3_int64 offset) noexcept
{
    return real_of(file)->pMethods->xRead(real_of(file), data, count, offset);
}

int write_file(sqlite3_file* file, const void* data, int count, sqlite3_int64 offset) noexcept
{
    TemporaryFile& self = file_of(file);
    const sqlite3_int64 end = std::max(self.size, offset + count);
    if (!self.space->grow(static_cast<std::uint64_t>(end - self.size))) return SQLITE_FULL;
    self.size = end;
    return self.real()->pMethods->xWrite(self.real(), data, count, offset);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) noexcept
{
    TemporaryFile& self = file_of(file);
    if (size < self.size) {
        self.space->shrink(static_cast<std::uint64_t>(self.size - size));
        self.size = size;
    }
    return self.real()->pMethods->xTruncate(self.real(), size);
}

int sync_file(sqlite3_file* file, int flags) noexcept
{
    return real_of(file)->pMethods->xSync(real_of(file), flags);
}

int size_file(sqlite3_file* file, sqlite3_int64* size) noexcept
{
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

int lock_file(sqlite3_file* file, int level) noexcept
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

int unlock_file(sqlite3_file* file, int level) noexcept
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

int check_lock(sqlite3_file* file, int* reserved) noexcept
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), reserved);
}

int control_file(sqlite3_file* file, int operation, void* argument) noexcept
{
    return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

int sector_size(sqlite3_file* file) noexcept
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

int device_characteristics(sqlite3_file* file) noexcept
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

/// Version 1: without the memory maps of the later ones, whose growth would pass us by.
constexpr sqlite3_io_methods temporary_methods{
    1,
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
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr
};

TemporarySpace::Vfs& layer_of(sqlite3_vfs* vfs) noexcept
{
    return *static_cast<TemporarySpace::Vfs*>(vfs->pAppData);
}

sqlite3_vfs* base_of(sqlite3_vfs* vfs) noexcept
{
    return layer_of(vfs).base;
}

/// Only temporary files are ours; the database, its WAL and their locks are the base's own files.
int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) noexcept
{
    constexpr int temporary
        = SQLITE_OPEN_TEMP_DB | SQLITE_OPEN_TRANSIENT_DB | SQLITE_OPEN_TEMP_JOURNAL | SQLITE_OPEN_SUBJOURNAL;
    sqlite3_vfs* base = base_of(vfs);
    if ((flags & temporary) == 0) return base->xOpen(base, name, file, flags, out_flags);
    auto* self = new (file) TemporaryFile{{nullptr}, layer_of(vfs).space, 0};
    const int code = base->xOpen(base, name, self->real(), flags, out_flags);
    if (code == SQLITE_OK) self->shown.pMethods = &temporary_methods;
    return code;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder) noexcept
{
    return base_of(vfs)->xDelete(base_of(vfs), name, sync_folder);
}

int access_file(sqlite3_vfs* vfs, const char* name, int flags, int* result) noexcept
{
    return base_of(vfs)->xAccess(base_of(vfs), name, flags, result);
}

int full_path(sqlite3_vfs* vfs, const char* name, int size, char* out) noexcept
{
    return base_of(vfs)->xFullPathname(base_of(vfs), name, size, out);
}

int randomness(sqlite3_vfs* vfs, int size, char* out) noexcept
{
    return base_of(vfs)->xRandomness(base_of(vfs), size, out);
}

int wait(sqlite3_vfs* vfs, int microseconds) noexcept
{
    return base_of(vfs)->xSleep(base_of(vfs), microseconds);
}

int current_time(sqlite3_vfs* vfs, double* time) noexcept
{
    return base_of(vfs)->xCurrentTime(base_of(vfs), time);
}

int last_error(sqlite3_vfs* vfs, int size, char* out) noexcept
{
    return base_of(vfs)->xGetLastError(base_of(vfs), size, out);
}

int current_time_ms(sqlite3_vfs* vfs, sqlite3_int64* time) noexcept
{
    return base_of(vfs)->xCurrentTimeInt64(base_of(vfs), time);
}

} // namespace

TemporarySpace::TemporarySpace(const std::string& base) : m_vfs{std::make_unique<Vfs>()}
{
    m_vfs->space = this;
    m_vfs->base = sqlite3_vfs_find(base.empty() ? nullptr : base.c_str());
    m_vfs->name = "mortise-guard-" + std::to_string(random_u64());
    sqlite3_vfs& shown = m_vfs->shown;
    shown.iVersion = 2;
    shown.szOsFile = static_cast<int>(sizeof(TemporaryFile)) + m_vfs->base->szOsFile;
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

TemporarySpace::~TemporarySpace()
{
    sqlite3_vfs_unregister(&m_vfs->shown);
}

const std::string& TemporarySpace::vfs_name() const noexcept
{
    return m_vfs->name;
}

} // namespace mortise::host
