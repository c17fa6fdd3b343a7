/// \file
/// Backups: whatever the bytes are, the file is refused, or what it lists fits it, stays in its folder and
/// comes out as it stands there. An input that ends in "S" and a list is sealed first, so that lists are
/// reached behind their digest.

#include "base/hash.hpp"
#include "control/backup/backup_file.hpp"
#include "fuzz_check.hpp"

#include <cstdlib>
#include <fstream>

using namespace mortise::host;

namespace {

/// A folder of this process, in memory where there is such a place.
const std::filesystem::path& folder()
{
    static const std::filesystem::path made = [] {
        std::error_code failed;
        const bool shared = std::filesystem::is_directory("/dev/shm", failed);
        std::string pattern
            = ((shared ? std::filesystem::path{"/dev/shm"} : std::filesystem::temp_directory_path())
               / "mortise-fuzz-XXXXXX")
                  .native();
        std::filesystem::path path{::mkdtemp(pattern.data())};
        std::atexit([] { std::filesystem::remove_all(folder()); });
        return path;
    }();
    return made;
}

std::string sealed(std::string_view input)
{
    const std::size_t mark = input.find('S');
    if (mark == std::string_view::npos) return std::string{input};
    const std::string_view list = input.substr(mark + 1);
    std::string text{input.substr(0, mark)};
    text += list;
    for (int i = 0; i < 8; ++i)
        text += static_cast<char>((list.size() >> (8U * static_cast<unsigned>(i))) & 0xffU);
    const Digest digest = hash(list);
    text.append(reinterpret_cast<const char*>(digest.data()), digest.size());
    return text + "mortise-backup\n\x1a";
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const std::filesystem::path file = folder() / "backup";
    std::ofstream{file, std::ios::binary} << sealed(text_of(data, size));
    const auto contents = read_backup(file);
    if (!contents) {
        FUZZ_CHECK(!contents.error().message.empty());
        return 0;
    }
    std::uint64_t total = 0;
    for (const BackupEntry& entry : contents->entries)
        total += entry.size;
    FUZZ_CHECK(total < contents->size);
    const std::filesystem::path out = folder() / "inner" / "out";
    std::filesystem::create_directories(out);
    const auto extracted = extract_backup(file, out, {});
    if (extracted) FUZZ_CHECK(check_backup(file, {}));
    for (const auto& entry : std::filesystem::directory_iterator{folder()})
        FUZZ_CHECK(entry.path() == file || entry.path() == folder() / "inner");
    for (const auto& entry : std::filesystem::directory_iterator{folder() / "inner"})
        FUZZ_CHECK(entry.path() == out);
    std::filesystem::remove_all(folder() / "inner");
    return 0;
}
