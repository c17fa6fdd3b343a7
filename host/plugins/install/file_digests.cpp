#include "plugins/install/file_digests.hpp"

#include <fstream>
#include <iterator>
#include <string>
#include <sys/stat.h>

namespace mortise::host {

std::optional<FileDigests::Stamp> FileDigests::stamp_of(const std::filesystem::path& file)
{
    struct stat found{};
    if (::stat(file.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) return std::nullopt;
    constexpr std::int64_t second = 1'000'000'000;
    return Stamp{
        .device = found.st_dev,
        .number = found.st_ino,
        .size = found.st_size,
        .changed = found.st_ctim.tv_sec * second + found.st_ctim.tv_nsec,
    };
}

std::optional<Digest> FileDigests::of(const std::filesystem::path& file)
{
    const auto stamp = stamp_of(file);
    if (!stamp) return std::nullopt;
    {
        const std::scoped_lock lock{m_mutex};
        if (const auto found = m_seen.find(file); found != m_seen.end() && found->second.stamp == *stamp)
            return found->second.digest;
    }
    std::ifstream in{file, std::ios::binary};
    if (!in) return std::nullopt;
    const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    const Digest digest = sha256(bytes);
    if (stamp_of(file) != stamp) return digest; // it is being written: look again the next time
    const std::scoped_lock lock{m_mutex};
    m_seen.insert_or_assign(file, Seen{*stamp, digest});
    return digest;
}

} // namespace mortise::host
