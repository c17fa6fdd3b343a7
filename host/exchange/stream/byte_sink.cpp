#include "exchange/stream/byte_sink.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace mortise::host {
namespace {

constexpr std::size_t block = std::size_t{64} * 1024;

Error system_error(const std::string& doing, int number)
{
    const ErrorCode code = number == ENOENT   ? ErrorCode::not_found
        : number == EACCES || number == EPERM ? ErrorCode::denied
                                              : ErrorCode::io;
    return Error{code, doing + ": " + std::generic_category().message(number), {}, {}, {}};
}

} // namespace

Result<void> StringSink::write(std::string_view bytes)
{
    m_text += bytes;
    return {};
}

Result<std::unique_ptr<FileSink>> FileSink::create(const std::filesystem::path& path)
{
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) return system_error("cannot write " + path.string(), errno);
    return std::unique_ptr<FileSink>{new FileSink{descriptor, path.string(), Ownership::owned}};
}

std::unique_ptr<FileSink> FileSink::borrow(int descriptor, std::string_view name)
{
    return std::unique_ptr<FileSink>{new FileSink{descriptor, std::string{name}, Ownership::borrowed}};
}

FileSink::FileSink(int descriptor, std::string name, Ownership ownership)
    : m_descriptor{descriptor},
      m_name{std::move(name)},
      m_ownership{ownership}
{
    m_held.reserve(block);
}

FileSink::~FileSink()
{
    if (m_ownership == Ownership::owned) ::close(m_descriptor);
}

Result<void> FileSink::write(std::string_view bytes)
{
    if (m_held.size() + bytes.size() > block) MORTISE_CHECK(finish());
    if (bytes.size() > block) return write_through(bytes);
    m_held += bytes;
    return {};
}

Result<void> FileSink::finish()
{
    auto written = write_through(m_held);
    m_held.clear();
    return written;
}

Result<void> FileSink::write_through(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t count = ::write(m_descriptor, bytes.data(), bytes.size());
        if (count >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(count));
        else if (errno != EINTR)
            return system_error("cannot write " + m_name, errno);
    }
    return {};
}

} // namespace mortise::host
