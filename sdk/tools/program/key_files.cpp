#include "program/key_files.hpp"

#include "program/output.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <utility>

namespace mortise::tool {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_key_file = 4096;

/// Writes a new file with these rights from its first moment on.
Result<void> write_new(const fs::path& file, std::string_view text, unsigned mode)
{
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (descriptor < 0) {
        const std::string reason = std::strerror(errno);
        if (errno == EEXIST)
            return tool_error(
                ErrorCode::exists,
                "exists",
                file.string() + " is there already",
                file.string(),
                "keys are not replaced: give another name"
            );
        return tool_error(
            ErrorCode::io, "io", "cannot write " + file.string() + ": " + reason, file.string()
        );
    }
    const bool is_written = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size())
        && ::fsync(descriptor) == 0;
    ::close(descriptor);
    if (is_written) return {};
    ::unlink(file.c_str());
    return tool_error(ErrorCode::io, "io", "cannot write " + file.string(), file.string());
}

Result<std::string> read_small(const fs::path& file)
{
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    std::array<char, max_key_file> buffer{};
    const ssize_t size = descriptor < 0 ? -1 : ::read(descriptor, buffer.data(), buffer.size());
    const std::string reason = std::strerror(errno);
    if (descriptor >= 0) ::close(descriptor);
    if (size < 0)
        return tool_error(ErrorCode::io, "io", "cannot read " + file.string() + ": " + reason, file.string());
    return std::string{buffer.data(), static_cast<std::size_t>(size)};
}

template <class T>
Result<T> at_file(Result<T> result, const fs::path& file)
{
    if (!result) result.error().where = file.string();
    return result;
}

} // namespace

Result<void> write_key_files(const host::SigningKey& key, const fs::path& secret, const fs::path& open)
{
    MORTISE_CHECK(write_new(secret, key.text(), 0600));
    auto done = write_new(open, host::public_key_text(key.public_key()), 0644);
    if (!done) ::unlink(secret.c_str()); // it was made a moment ago, and nobody has it
    return done;
}

Result<host::SigningKey> read_secret_key(const fs::path& file)
{
    MORTISE_TRY(const std::string text, read_small(file));
    return at_file(host::SigningKey::parse(text), file);
}

Result<host::PublicKey> read_public_key(const fs::path& file)
{
    MORTISE_TRY(const std::string text, read_small(file));
    return at_file(host::parse_public_key(text), file);
}

} // namespace mortise::tool
