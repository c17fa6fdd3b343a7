/// \file
/// Shared libraries of strangers, looked at before they are loaded.

#include "fuzz_check.hpp"
#include "plugins/elf_file.hpp"

#include <algorithm>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

using namespace mortise::host;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    static const int memory = ::memfd_create("library", MFD_CLOEXEC);
    FUZZ_CHECK(::ftruncate(memory, 0) == 0);
    FUZZ_CHECK(::pwrite(memory, data, size, 0) == static_cast<ssize_t>(size));
    const auto facts = read_elf("/proc/self/fd/" + std::to_string(memory));
    if (!facts) {
        FUZZ_CHECK(!facts.error().message.empty());
        return 0;
    }
    FUZZ_CHECK(std::ranges::is_sorted(facts->exports));
    FUZZ_CHECK(facts->unique.size() <= facts->exports.size());
    return 0;
}
