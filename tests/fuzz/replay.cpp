/// \file
/// Feeds saved inputs to a fuzz target, for builds without libFuzzer: every file of the folders and files
/// named on the command line, and the empty input. A target that does not like an input crashes, which fails
/// the test.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <span>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

namespace fs = std::filesystem;

void replay(const fs::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    const std::vector<char> bytes((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    const std::vector<uint8_t> input(bytes.begin(), bytes.end());
    // Flushed, because the name of the last input must be seen when it crashes.
    std::cout << file.native() << ": " << input.size() << " bytes" << std::endl;
    LLVMFuzzerTestOneInput(input.data(), input.size());
}

std::vector<fs::path> files_below(const fs::path& path)
{
    if (!fs::is_directory(path)) {
        return {path};
    }
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
        if (entry.is_regular_file()) {
            found.push_back(entry.path());
        }
    }
    return found;
}

} // namespace

int main(int count, char** arguments)
{
    LLVMFuzzerTestOneInput(nullptr, 0);
    size_t replayed = 0;
    for (const fs::path argument : std::span(arguments, static_cast<size_t>(count)).subspan(1)) {
        for (const auto& file : files_below(argument)) {
            replay(file);
            ++replayed;
        }
    }
    std::cout << replayed << " inputs replayed\n";
    return replayed == 0 ? 1 : 0;
}
