#pragma once

/// \file
/// A host in which tests put packages: made of the fixture `steps`, in any version, with any change of its
/// manifest, signed by whomever.

#include "plugins/catalogue.hpp"
#include "plugins/install/plugin_folder.hpp"
#include "plugins/package/package_signature.hpp"
#include "plugins/package/package_writer.hpp"
#include "plugins/tests/plugins_fixture.hpp"

#include <algorithm>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace mortise::host {

namespace fs = std::filesystem;

inline constexpr InstallOptions unsigned_too{.allow_unsigned = true};

class InstallTest : public PluginsTest {
protected:
    /// A folder with the plugin `steps`, its manifest changed: each pair replaces a text by another.
    fs::path
    folder_of(const std::string& name, const std::vector<std::pair<std::string, std::string>>& changes = {})
    {
        const fs::path folder = m_folder / "built" / name;
        fs::remove_all(folder);
        fs::create_directories(folder.parent_path());
        fs::copy(fs::path{MORTISE_FIXTURES} / "com.test.steps", folder);
        std::string manifest = read(folder / "plugin.json");
        for (const auto& [from, to] : changes) {
            EXPECT_NE(manifest.find(from), std::string::npos) << from;
            manifest.replace(manifest.find(from), from.size(), to);
        }
        fs::permissions(folder / "plugin.json", fs::perms::owner_write, fs::perm_options::add);
        std::ofstream{folder / "plugin.json"} << manifest;
        return folder;
    }
    fs::path pack(const fs::path& folder)
    {
        const fs::path file = folder.string() + ".mortise";
        const auto files = package_files_in(folder);
        EXPECT_TRUE(files) << files.error().message;
        const auto written = write_package(*files, file);
        EXPECT_TRUE(written) << written.error().message;
        return file;
    }
    fs::path
    package(const std::string& version, std::vector<std::pair<std::string, std::string>> changes = {})
    {
        changes.emplace_back("\"1.0.0\"", '"' + version + '"');
        return pack(folder_of("steps-" + version, changes));
    }
    static std::vector<std::pair<std::string, std::string>> with_length()
    {
        return {
            {R"("fields": [
        { "name": "text")",
             R"("fields": [ { "name": "length", "kind": "int" },
        { "name": "text")"}
        };
    }
    static std::string read(const fs::path& file)
    {
        std::ifstream in{file, std::ios::binary};
        return {std::istreambuf_iterator<char>{in}, {}};
    }

    fs::path signed_package(
        const std::string& version,
        const SigningKey& key,
        std::string_view also_signed = {},
        const std::vector<std::string>& statements = {},
        std::vector<std::pair<std::string, std::string>> changes = {}
    )
    {
        package(version, std::move(changes));
        const auto files = package_files_in(m_folder / "built" / ("steps-" + version));
        EXPECT_TRUE(files) << files.error().message;
        const auto list = list_package_files(*files);
        EXPECT_TRUE(list) << list.error().message;
        const std::string text = package_list_text(*list) + std::string{also_signed};
        const fs::path file = m_folder / "built" / ("signed-" + version + ".mortise");
        const auto signature = with_statements(add_signature(text, std::nullopt, key), statements);
        const auto written = write_package(*files, file, *signature);
        EXPECT_TRUE(written) << written.error().message;
        return file;
    }

    template <class Use>
    auto with_file(const fs::path& file, Use use)
    {
        const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
        auto result = use(descriptor);
        ::close(descriptor);
        return result;
    }
    Result<Installed> install_package(const fs::path& file, InstallOptions options = unsigned_too)
    {
        return with_file(file, [&](int descriptor) { return m_plugins->install(descriptor, options); });
    }
    Result<Upgraded> upgrade(const fs::path& file, InstallOptions options = unsigned_too)
    {
        return with_file(file, [&](int descriptor) { return m_plugins->upgrade(descriptor, options); });
    }
    void install_and_enable()
    {
        const auto installed = install_package(package("1.0.0"));
        ASSERT_TRUE(installed) << installed.error().message;
        const auto enabled = m_plugins->enable("com.test.steps");
        ASSERT_TRUE(enabled) << enabled.error().message;
    }
    std::vector<std::string> on_disk() const
    {
        std::vector<std::string> found;
        for (const auto& entry : fs::recursive_directory_iterator{m_folder / "data"})
            found.push_back(entry.path().lexically_relative(m_folder / "data").string());
        std::ranges::sort(found);
        return found;
    }
    std::vector<std::string> items()
    {
        std::vector<std::string> texts;
        ListOptions options{.sort = {}, .limit = 1000, .after = {}};
        do {
            const auto page = m_records->list(Principal::system(), "steps_item", options);
            EXPECT_TRUE(page);
            for (const Row& row : page->rows)
                texts.emplace_back(value_of(*m_records->schema()->find("steps_item"), row, "text").text());
            options.after = page->next;
        } while (!options.after.empty());
        return texts;
    }
};

} // namespace mortise::host
