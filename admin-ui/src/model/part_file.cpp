#include "model/part_file.hpp"

#include <cerrno>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace mortise::ui {

namespace fs = std::filesystem;

fs::path PartFile::part() const
{
    return {m_file.native() + ".part"};
}

Error PartFile::cannot_write(int number) const
{
    return {
        ErrorCode::io,
        "cannot write " + m_file.native() + ": " + std::generic_category().message(number),
        "console.file",
        m_file.native(),
        "is the folder there, may this user write into it, and is there room on the disk?"
    };
}

Result<void> PartFile::open(fs::path file, bool replace)
{
    std::error_code failed;
    if (!replace && fs::exists(file, failed))
        return Error{
            ErrorCode::exists,
            file.native() + " is there already",
            "console.file",
            file.native(),
            "press Replace it, or give another name"
        };
    drop();
    m_file = std::move(file);
    m_trouble = 0;
    m_open = std::fopen(part().c_str(), "wb");
    if (!m_open) return cannot_write(errno);
    return {};
}

bool PartFile::write(std::string_view bytes)
{
    if (!m_open || m_trouble != 0) return false;
    errno = 0;
    if (std::fwrite(bytes.data(), 1, bytes.size(), m_open) == bytes.size()) return true;
    m_trouble = errno == 0 ? EIO : errno;
    return false;
}

Result<void> PartFile::keep()
{
    if (!m_open) return cannot_write(EBADF);
    errno = 0;
    if (m_trouble == 0 && (std::fflush(m_open) != 0 || ::fsync(::fileno(m_open)) != 0))
        m_trouble = errno == 0 ? EIO : errno;
    if (std::fclose(std::exchange(m_open, nullptr)) != 0 && m_trouble == 0)
        m_trouble = errno == 0 ? EIO : errno;
    std::error_code failed;
    if (m_trouble == 0) {
        fs::rename(part(), m_file, failed);
        if (!failed) return {};
    }
    std::error_code ignored;
    fs::remove(part(), ignored);
    return cannot_write(failed ? failed.value() : m_trouble);
}

void PartFile::drop()
{
    if (!m_open) return;
    std::fclose(std::exchange(m_open, nullptr));
    std::error_code ignored;
    fs::remove(part(), ignored);
}

} // namespace mortise::ui
