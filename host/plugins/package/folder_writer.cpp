#include "plugins/package/folder_writer.hpp"

#include "plugins/package/package_list.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mortise::host {

namespace {

constexpr mode_t folder_mode = 0755;
constexpr mode_t file_mode = 0644;

} // namespace

Error FolderWriter::failure(std::string_view what) const
{
    const bool is_full = errno == ENOSPC || errno == EDQUOT;
    return package_error(
        ErrorCode::io,
        "io",
        "cannot " + std::string{what} + ' ' + m_path + ": " + std::strerror(errno),
        m_path,
        is_full ? "make room on the disk" : ""
    );
}

Result<std::unique_ptr<FolderWriter>> FolderWriter::open(const std::filesystem::path& folder)
{
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    std::unique_ptr<FolderWriter> writer{new FolderWriter{descriptor}};
    writer->m_path = folder.string();
    if (descriptor < 0) return writer->failure("open");
    return writer;
}

FolderWriter::~FolderWriter()
{
    if (m_file >= 0) ::close(m_file);
    if (m_folder >= 0) ::close(m_folder);
}

Result<void> FolderWriter::begin(const std::string& path)
{
    m_path = path;
    for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
        const std::string above = path.substr(0, slash);
        if (!m_folders.insert(above).second) continue;
        if (::mkdirat(m_folder, above.c_str(), folder_mode) != 0) return failure("make the folder of");
    }
    m_file
        = ::openat(m_folder, path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, file_mode);
    if (m_file < 0) return failure("make");
    return {};
}

Result<void> FolderWriter::write(std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const ssize_t done = ::write(m_file, bytes.data(), bytes.size());
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return failure("write");
        bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
    return {};
}

Result<void> FolderWriter::end()
{
    const int file = std::exchange(m_file, -1);
    const bool is_flushed = ::fsync(file) == 0;
    const int reason = errno;
    ::close(file);
    errno = reason;
    return is_flushed ? Result<void>{} : failure("flush");
}

Result<void> FolderWriter::write_file(const std::string& path, std::string_view text)
{
    MORTISE_CHECK(begin(path));
    MORTISE_CHECK(write(std::as_bytes(std::span{text.data(), text.size()})));
    return end();
}

Result<void> FolderWriter::finish()
{
    for (const std::string& path : m_folders) {
        m_path = path;
        const int folder = ::openat(m_folder, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (folder < 0) return failure("open");
        const bool is_flushed = ::fsync(folder) == 0;
        const int reason = errno;
        ::close(folder);
        errno = reason;
        if (!is_flushed) return failure("flush");
    }
    m_path = ".";
    return ::fsync(m_folder) == 0 ? Result<void>{} : failure("flush");
}

} // namespace mortise::host
