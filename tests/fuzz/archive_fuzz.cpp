/// \file
/// Packages: whatever the bytes are, the file is refused with a key of its own, or it holds what its list
/// says and nothing outside of its folder is written. An input that begins with "T" is a tar archive that is
/// packed and sealed first, so that what lies behind the seal is reached.

#include "base/sha256.hpp"
#include "fuzz_check.hpp"
#include "plugins/package/package_reader.hpp"
#include "plugins/package/zstd_source.hpp"

#include <filesystem>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

using namespace mortise::host;

namespace {

namespace fs = std::filesystem;

/// A folder of this process, in memory where there is such a place.
const fs::path& folder()
{
    static const fs::path made = [] {
        std::error_code failed;
        const fs::path where = fs::is_directory("/dev/shm", failed) ? "/dev/shm" : fs::temp_directory_path();
        std::string pattern = (where / "mortise-fuzz-XXXXXX").native();
        fs::path path{::mkdtemp(pattern.data())};
        std::atexit([] { fs::remove_all(folder()); });
        return path;
    }();
    return made;
}

std::string packed(std::string_view input)
{
    if (!input.starts_with('T')) return std::string{input};
    const std::string_view tar = input.substr(1);
    std::string out(ZSTD_compressBound(tar.size()), '\0');
    const std::size_t size = ZSTD_compress(out.data(), out.size(), tar.data(), tar.size(), 1);
    FUZZ_CHECK(ZSTD_isError(size) == 0);
    out.resize(size);
    Sha256 digest;
    digest.add(std::as_bytes(std::span{out}));
    const Digest seal = digest.finish();
    return out.append(package_seal_head).append(reinterpret_cast<const char*>(seal.data()), seal.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    static const int file = ::memfd_create("package", MFD_CLOEXEC);
    const std::string bytes = packed(text_of(data, size));
    FUZZ_CHECK(::ftruncate(file, 0) == 0);
    FUZZ_CHECK(::pwrite(file, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    ::lseek(file, 0, SEEK_SET);
    const PackageLimits limits{.total_bytes = 1U << 20, .file_bytes = 1U << 18, .files = 50};
    const auto package = check_package(file, limits);
    if (!package) {
        FUZZ_CHECK(package.error().key.starts_with("package."));
        return 0;
    }
    FUZZ_CHECK(package->list.files.size() <= limits.files);
    FUZZ_CHECK(package->list.total_bytes() <= limits.total_bytes);

    const fs::path out = folder() / "inner" / "out";
    fs::create_directories(out);
    ::lseek(file, 0, SEEK_SET);
    const auto unpacked = unpack_package(file, out, limits);
    FUZZ_CHECK(unpacked && unpacked->list == package->list);
    for (const PackageFile& listed : package->list.files)
        FUZZ_CHECK(fs::is_regular_file(out / listed.path) && fs::file_size(out / listed.path) == listed.size);
    for (const auto& entry : fs::directory_iterator{folder()})
        FUZZ_CHECK(entry.path() == folder() / "inner");
    for (const auto& entry : fs::directory_iterator{folder() / "inner"})
        FUZZ_CHECK(entry.path() == out);
    fs::remove_all(folder() / "inner");
    return 0;
}
