#include "plugins/package/package_reader.hpp"
#include "plugins/package/tests/raw_packages.hpp"
#include "plugins/package/tests/temporary.hpp"

namespace mortise::host {
namespace {

namespace fs = std::filesystem;

const std::string manifest = R"({"id": "com.test.packed", "version": "1.0.0"})";

class HostilePackageTest : public PackageFolderTest {
protected:
    /// A list of files as they are, and what else is said.
    static std::string list_of(const std::vector<RawEntry>& files)
    {
        PackageList list{"com.test.packed", "1.0.0", {}};
        for (const RawEntry& file : files)
            list.files.push_back({file.path, file.text.size(), sha256(file.text)});
        return package_list_text(list);
    }
    /// Why a package is refused; empty if it is not. It is unpacked, and what it wrote stays in its folder.
    std::string refusal(const std::string& bytes)
    {
        const fs::path file = write("hostile.mortise", bytes);
        const fs::path folder = m_folder / ("out" + std::to_string(++m_count)) / "inside";
        fs::create_directories(folder);
        const auto package = unpack_package(file, folder);
        for (const auto& entry : fs::directory_iterator{folder.parent_path()})
            EXPECT_EQ(entry.path().filename(), "inside");
        for (const auto& entry : fs::recursive_directory_iterator{folder})
            EXPECT_TRUE(entry.is_regular_file() || entry.is_directory()) << entry.path();
        if (package) return {};
        EXPECT_FALSE(package.error().message.empty());
        return package.error().key;
    }
    std::string refusal_of(const std::vector<RawEntry>& listed, const std::vector<RawEntry>& there)
    {
        std::vector<RawEntry> all{{std::string{package_list_name}, list_of(listed)}};
        all.insert(all.end(), there.begin(), there.end());
        return refusal(packed(tar_of(all)));
    }
    std::string refusal_of(const std::vector<RawEntry>& files) { return refusal_of(files, files); }
    std::string refusal_of_list(const std::string& list)
    {
        return refusal(packed(tar_of({{std::string{package_list_name}, list}, {"plugin.json", manifest}})));
    }

    int m_count{0};
};

TEST_F(HostilePackageTest, TakesADecentOne)
{
    EXPECT_EQ(refusal_of({{"plugin.json", manifest}, {"a/b/c.txt", "text"}}), "");
}

TEST_F(HostilePackageTest, RefusesPathsThatLeadOut)
{
    const RawEntry plain{"plugin.json", manifest};
    for (const auto& [path, key] : std::initializer_list<std::pair<const char*, const char*>>{
             {"/etc/passwd", "package.absolute_path"},
             {"../outside.txt", "package.parent_path"},
             {"a/../../outside.txt", "package.parent_path"},
             {"a/..", "package.parent_path"},
             {"./plugin2.json", "package.hidden"},
             {"a/./b", "package.hidden"},
             {".ssh/authorized_keys", "package.hidden"},
             {"a//b", "package.bad_name"},
             {"a\\..\\b", "package.bad_name"},
             {"C:evil", "package.bad_name"},
             {"caf\xC3\xA9", "package.bad_name"},
             {"new\nline", "package.bad_name"},
             {"a/b/c/d/e/f/g/h/i", "package.path_too_long"},
             {"mortise-package.json", "package.reserved_name"},
             {"Mortise-Package.x", "package.reserved_name"},
         }) {
        EXPECT_EQ(refusal_of({plain, {path, "text"}}), key) << path; // in the list
        const std::string there = refusal_of({plain}, {plain, {path, "text"}}); // only in the archive
        EXPECT_EQ(there, std::string_view{path}.starts_with("mortise-package.") ? "package.unlisted" : key)
            << path;
    }
    EXPECT_EQ(
        refusal_of({plain, {std::string(99, 'a') + "/" + std::string(120, 'b'), "text"}}),
        "package.path_too_long"
    );
}

TEST_F(HostilePackageTest, RefusesWhatIsNoPlainFile)
{
    const RawEntry plain{"plugin.json", manifest};
    const auto with = [&](RawEntry other) {
        RawEntry listed = other;
        listed.text.clear();
        return refusal_of({plain, listed}, {plain, std::move(other)});
    };
    EXPECT_EQ(with({"link", "", '2', 0777, "/etc/passwd"}), "package.link");
    EXPECT_EQ(with({"hard", "", '1', 0644, "plugin.json"}), "package.link");
    EXPECT_EQ(with({"char", "", '3'}), "package.device");
    EXPECT_EQ(with({"block", "", '4'}), "package.device");
    EXPECT_EQ(with({"pipe", "", '6'}), "package.device");
    EXPECT_EQ(with({"folder", "", '5', 0755}), "package.folder");
    EXPECT_EQ(with({"setuid", "", '0', 04755}), "package.special_mode");
}

TEST_F(HostilePackageTest, RefusesWhatDiffersFromItsList)
{
    const RawEntry plain{"plugin.json", manifest};
    const RawEntry a{"a.txt", "text"};
    EXPECT_EQ(refusal_of({plain}, {plain, a}), "package.unlisted");
    EXPECT_EQ(refusal_of({plain, a}, {plain}), "package.missing");
    EXPECT_EQ(refusal_of({plain, a}, {plain, {"a.txt", "tExt"}}), "package.wrong_digest");
    EXPECT_EQ(refusal_of({plain, a}, {plain, {"a.txt", "text "}}), "package.wrong_size");
    EXPECT_EQ(refusal_of({plain, a}, {plain, a, a}), "package.duplicate");
    EXPECT_EQ(refusal_of({plain, a, a}, {plain, a}), "package.duplicate");
    EXPECT_EQ(refusal_of({plain, a, {"A.txt", "x"}}), "package.case_twin");
    EXPECT_EQ(refusal_of({plain, {"a", "x"}, {"a/b", "x"}}), "package.path_conflict");
    EXPECT_EQ(refusal_of({a}), "package.no_manifest");
    EXPECT_EQ(refusal(packed(tar_of({plain, a}))), "package.no_list");
    EXPECT_EQ(
        refusal(packed(tar_of({plain, {std::string{package_list_name}, list_of({plain})}}))),
        "package.no_list"
    );
    EXPECT_EQ(refusal(packed(tar_of({}))), "package.no_list");
    EXPECT_EQ(
        refusal_of(
            {plain},
            {{std::string{package_signature_name}, "x"}, {std::string{package_signature_name}, "x"}, plain}
        ),
        "package.unlisted"
    );
}

TEST_F(HostilePackageTest, RefusesWhatStandsBehindTheEnd)
{
    const RawEntry plain{"plugin.json", manifest};
    const std::string tar = tar_of({{std::string{package_list_name}, list_of({plain})}, plain});
    EXPECT_EQ(refusal(packed(tar)), "");
    EXPECT_EQ(refusal(packed(tar + std::string(8192, '\0'))), "");
    EXPECT_EQ(refusal(packed(tar + "x")), "package.trailing");
    EXPECT_EQ(refusal(packed(tar + std::string(9000, '\0') + "x")), "package.trailing");
    EXPECT_EQ(refusal(packed(tar + tar)), "package.trailing");
    EXPECT_EQ(refusal(packed(tar) + packed("")), "package.trailing");
    EXPECT_EQ(refusal(frame_of(tar)), "package.truncated");
    EXPECT_EQ(refusal(sealed(frame_of(tar) + frame_of("more"))), "package.trailing");
    std::string other = packed(tar);
    other.back() = static_cast<char>(other.back() ^ 1);
    EXPECT_EQ(refusal(other), "package.corrupt");
}

TEST_F(HostilePackageTest, RefusesListsThatAreNone)
{
    EXPECT_EQ(refusal_of_list("{"), "package.bad_list");
    EXPECT_EQ(refusal_of_list("[]"), "package.bad_list");
    EXPECT_EQ(refusal_of_list("{}"), "package.bad_list");
    EXPECT_EQ(refusal_of_list(R"({"format": 1, "format": 1})"), "package.bad_list");
    EXPECT_EQ(refusal_of_list(std::string(100'000, '[')), "package.bad_list");
    EXPECT_EQ(refusal_of_list(R"({"format": 1, "id": "a", "version": "1", "files": 7})"), "package.bad_list");
    EXPECT_EQ(
        refusal_of_list(R"({"format": 1, "id": "a", "version": "1", "files": [7]})"), "package.bad_list"
    );
    EXPECT_EQ(
        refusal_of_list(
            R"({"format": 1, "id": "a", "version": "1", "files": [{"path": "x", "sha256": "12", "size": 1}]})"
        ),
        "package.bad_list"
    );
    const std::string digest(64, '0');
    EXPECT_EQ(
        refusal_of_list(
            R"({"format": 1, "id": "a", "version": "1", "files": [{"path": "x", "sha256": ")" + digest
            + R"(", "size": -1}]})"
        ),
        "package.bad_list"
    );
    EXPECT_EQ(
        refusal_of_list(
            R"({"format": 1, "id": "a", "version": "1", "files": [{"path": "x", "sha256": ")" + digest
            + R"(", "size": 9223372036854775807}]})"
        ),
        "package.too_large"
    );
    EXPECT_EQ(refusal_of_list(R"({"format": 2, "anything": "else"})"), "package.newer_format");
}

/// What unpacks to far more than it says is stopped where its list ends, not when the disk is full.
TEST_F(HostilePackageTest, StopsBombsEarly)
{
    const RawEntry plain{"plugin.json", manifest};
    std::string tar = tar_of({{std::string{package_list_name}, list_of({plain})}, plain});
    tar.resize(tar.size() - 1024);
    tar.resize(std::size_t{200} << 20); // zeros: all of it behind the end
    EXPECT_EQ(refusal(packed(tar)), "package.too_large");
    EXPECT_EQ(refusal(packed(std::string(std::size_t{200} << 20, 'a'))), "package.corrupt");
    EXPECT_EQ(
        refusal(packed(tar_of({{std::string{package_list_name}, std::string(std::size_t{100} << 20, ' ')}}))),
        "package.too_large"
    );
}

/// A frame that wants a window of a gigabyte would cost the reader that much memory.
TEST_F(HostilePackageTest, RefusesWindowsThatCostMemory)
{
    std::string plain(std::size_t{20} << 20, 'b');
    std::string out(ZSTD_compressBound(plain.size()), '\0');
    ZSTD_CCtx* context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 27);
    ZSTD_inBuffer in{plain.data(), plain.size(), 0};
    ZSTD_outBuffer into{out.data(), out.size(), 0};
    // In pieces, so that the frame does not name its size and with it a smaller window.
    in.size /= 2;
    ZSTD_compressStream2(context, &into, &in, ZSTD_e_flush);
    in.size = plain.size();
    while (ZSTD_compressStream2(context, &into, &in, ZSTD_e_end) != 0) { }
    ZSTD_freeCCtx(context);
    out.resize(into.pos);
    EXPECT_EQ(refusal(sealed(out)), "package.corrupt");
}

} // namespace
} // namespace mortise::host
