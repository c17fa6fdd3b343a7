#pragma once

/// \file
/// A folder for a test, removed with what is in it, and files in it.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace mortise::host {

class PackageFolderTest : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "mortise-package-XXXXXX").string();
        m_folder = ::mkdtemp(pattern.data());
    }
    void TearDown() override
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }

    std::filesystem::path write(const std::filesystem::path& path, const std::string& text) const
    {
        const std::filesystem::path file = m_folder / path;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream{file, std::ios::binary} << text;
        return file;
    }
    static std::string read(const std::filesystem::path& file)
    {
        std::ifstream in{file, std::ios::binary};
        return {std::istreambuf_iterator<char>{in}, {}};
    }
    /// A plugin's folder, small and with files below.
    std::filesystem::path plugin() const
    {
        write("plugin/plugin.json", R"({"id": "com.test.packed", "name": "Packed", "version": "1.2.3"})");
        write("plugin/packed.so", std::string(200'000, 'x') + "end");
        write("plugin/locales/de.json", R"({"hello": "hallo"})");
        write("plugin/empty.txt", "");
        return m_folder / "plugin";
    }

    std::filesystem::path m_folder;
};

} // namespace mortise::host
