#include "plugins/tests/plugins_fixture.hpp"

#include <filesystem>

namespace mortise::host {
namespace {

constexpr const char* filing = "com.test.filing";

class FilingTest : public PluginsTest {
protected:
    void SetUp() override
    {
        PluginsTest::SetUp();
        enable("filing");
    }
    Result<Value> put(std::int64_t size, List names = {"a.txt"})
    {
        return call("filing.put", {{"size", size}, {"names", std::move(names)}});
    }
    /// Contents that are not finished.
    std::size_t unfinished() const
    {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::directory_iterator{m_folder / "run"})
            count += entry.path().filename().native().starts_with("blob-") ? 1 : 0;
        return count;
    }
    std::string read(std::string_view type, Id record, std::string_view field)
    {
        const auto told = call("filing.read", {{"type", type}, {"record", record.number}, {"field", field}});
        return told ? std::string{told->text()} : told.error().key;
    }
};

TEST_F(FilingTest, ANameThatIsNoneLeavesTheFileOpenForABetterOne)
{
    const auto told = put(3, {"", "a/b", "..", "good.txt", "better.txt"});
    ASSERT_TRUE(told) << told.error().message;
    EXPECT_EQ((*told)["refused"].get_or(List{}).size(), 3U);
    EXPECT_EQ((*told)["refused"].get_or(List{})[0], "records.wrong_value");
    EXPECT_EQ((*told)["file"]["name"], "good.txt");
    EXPECT_EQ((*told)["file"]["size"], 3);
    EXPECT_EQ((*told)["file"]["type"], "application/octet-stream");
    EXPECT_EQ(unfinished(), 0U);
    const auto kept = call("filing.keep", {{"file", (*told)["file"]}});
    ASSERT_TRUE(kept) << kept.error().message;
    EXPECT_EQ(read("filing_paper", kept->get_or(Id{}), "scan"), "xxx");
    EXPECT_EQ(read("filing_paper", kept->get_or(Id{}), "title"), "records.no_file_field");
}

TEST_F(FilingTest, AQuotaBoundsTheSizeOfAFile)
{
    ASSERT_TRUE(m_plugins->set_setting(filing, "quota.file_bytes", 300'000));
    EXPECT_TRUE(put(300'000));
    const auto refused = put(300'001);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "blobs.too_large");
    EXPECT_EQ(refused.error().code, ErrorCode::limit);
    EXPECT_EQ(unfinished(), 0U);
}

TEST_F(FilingTest, AQuotaBoundsHowManyAreOpenAndTheEndClosesThem)
{
    ASSERT_TRUE(m_plugins->set_setting(filing, "quota.files_open", 4));
    EXPECT_EQ(*call("filing.hold", {{"count", 4}}), 4);
    EXPECT_EQ(unfinished(), 4U);
    const auto fifth = call("filing.hold", {{"count", 1}});
    ASSERT_FALSE(fifth);
    EXPECT_EQ(fifth.error().key, "blobs.open");
    ASSERT_TRUE(call("filing.let_go"));
    EXPECT_EQ(unfinished(), 0U);
    EXPECT_EQ(*call("filing.hold", {{"count", 2}}), 2);
    ASSERT_TRUE(m_plugins->disable(filing));
    EXPECT_EQ(unfinished(), 0U) << "what it left open is gone with it";
}

TEST_F(FilingTest, ReadsOnlyWhatItMayRead)
{
    TypeDeclaration contact{
        .name = "contact", .plural = {}, .label = {}, .title_field = {}, .extends = true, .fields = {}
    };
    Field scan;
    scan.name = "scan";
    scan.kind = FieldKind::file;
    scan.indexed = true;
    contact.fields = {scan};
    ASSERT_TRUE(m_records->declare("custom", std::vector{contact}));
    auto writer = m_blobs->begin(100);
    ASSERT_TRUE(writer->write("a stranger's"));
    const auto file = writer->finish("system");
    const auto ada = create_contact(
        "Ada", {{"scan", Map{{"digest", file->digest}, {"name", "a.txt"}, {"type", "text/plain"}}}}
    );
    ASSERT_TRUE(ada) << ada.error().message;
    EXPECT_EQ(read("contact", ada->ids.front(), "scan"), "access.permission_missing");
    const auto stolen = call(
        "filing.keep", {{"file", Map{{"digest", file->digest}, {"name", "b.txt"}, {"type", "text/plain"}}}}
    );
    ASSERT_FALSE(stolen);
    EXPECT_EQ(stolen.error().key, "records.unknown_file");
}

} // namespace
} // namespace mortise::host
