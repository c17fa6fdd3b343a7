#include "control/upload.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace mortise::host {
namespace {

Error cannot(std::string_view what)
{
    const auto code = errno == ENOSPC ? ErrorCode::limit : ErrorCode::io;
    return {
        code,
        "cannot " + std::string{what} + " the upload: " + std::generic_category().message(errno),
        "upload.io",
        {},
        {}
    };
}

} // namespace

Result<std::shared_ptr<Upload>> Upload::create(const std::filesystem::path& folder, std::string name)
{
    const std::filesystem::path place = folder.empty() ? std::filesystem::temp_directory_path() : folder;
    int descriptor = ::open(place.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor < 0) { // a file system without nameless files
        std::string pattern = (place / "upload-XXXXXX").native();
        descriptor = ::mkostemp(pattern.data(), O_CLOEXEC);
        if (descriptor < 0) return cannot("keep");
        ::unlink(pattern.c_str());
    }
    return std::shared_ptr<Upload>{new Upload{descriptor, std::move(name)}};
}

Upload::~Upload()
{
    ::close(m_descriptor);
}

Result<std::uint64_t> Upload::write(std::uint64_t offset, std::string_view bytes)
{
    const std::lock_guard lock{m_mutex};
    if (m_is_complete || offset != m_size)
        return Error{
            ErrorCode::conflict,
            "the upload has " + std::to_string(m_size) + " bytes, and the part begins at "
                + std::to_string(offset),
            "upload.offset",
            "/offset",
            m_is_complete ? "the upload is being read already" : "send one part after the other"
        };
    while (!bytes.empty()) {
        const ssize_t written
            = ::pwrite(m_descriptor, bytes.data(), bytes.size(), static_cast<off_t>(m_size));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return cannot("keep");
        m_size += static_cast<std::uint64_t>(written);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return m_size;
}

Result<int> Upload::rewind()
{
    const std::lock_guard lock{m_mutex};
    m_is_complete = true;
    if (::lseek(m_descriptor, 0, SEEK_SET) < 0) return cannot("read");
    return m_descriptor;
}

Result<std::shared_ptr<Upload>> find_upload(Session& session, std::string_view handle)
{
    auto upload = session.find<Upload>(handle);
    if (upload) return upload;
    return Error{
        ErrorCode::not_found, "there is no upload " + std::string{handle}, "upload.not_found", "/upload", {}
    };
}

} // namespace mortise::host
