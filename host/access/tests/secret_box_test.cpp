#include "access/secret_box.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace mortise::host {
namespace {

namespace fs = std::filesystem;

class SecretBoxTest : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = (fs::temp_directory_path() / "mortise-secrets-XXXXXX").string();
        m_folder = ::mkdtemp(pattern.data());
        m_key = m_folder / "secrets.key";
    }
    void TearDown() override
    {
        std::error_code ignored;
        fs::remove_all(m_folder, ignored);
    }

    fs::path m_folder;
    fs::path m_key;
};

TEST_F(SecretBoxTest, OpensWhatItSealed)
{
    const auto box = SecretBox::open(m_key);
    ASSERT_TRUE(box) << box.error().message;
    const std::string sealed = box->seal("correct horse", "mail/password");
    EXPECT_EQ(sealed.find("correct"), std::string::npos);
    EXPECT_NE(box->seal("correct horse", "mail/password"), sealed);
    EXPECT_EQ(box->unseal(sealed, "mail/password")->view(), "correct horse");
    EXPECT_EQ(SecretBox::open(m_key)->unseal(sealed, "mail/password")->view(), "correct horse");
    EXPECT_EQ(box->unseal(box->seal("", "x"), "x")->view(), "");
}

TEST_F(SecretBoxTest, RefusesWhatIsNotItsOwn)
{
    const auto box = SecretBox::open(m_key);
    const std::string sealed = box->seal("secret", "mail/password");
    EXPECT_EQ(box->unseal(sealed, "mail/token").error().key, "secrets.sealed_otherwise");
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string other = sealed;
        other[i] = static_cast<char>(other[i] ^ 1);
        EXPECT_FALSE(box->unseal(other, "mail/password")) << i;
        EXPECT_FALSE(box->unseal(sealed.substr(0, i), "mail/password")) << i;
    }
    EXPECT_FALSE(SecretBox::open(m_folder / "other.key")->unseal(sealed, "mail/password"));
}

TEST_F(SecretBoxTest, KeepsItsKeyForTheOwner)
{
    ASSERT_TRUE(SecretBox::open(m_key));
    EXPECT_EQ(
        fs::status(m_key).permissions() & fs::perms::mask, fs::perms::owner_read | fs::perms::owner_write
    );
    EXPECT_EQ(fs::file_size(m_key), 32U);
    fs::permissions(m_key, fs::perms::group_read, fs::perm_options::add);
    EXPECT_EQ(SecretBox::open(m_key).error().key, "secrets.key_exposed");
    fs::permissions(m_key, fs::perms::group_read, fs::perm_options::remove);
    std::ofstream{m_key} << "short";
    EXPECT_EQ(SecretBox::open(m_key).error().key, "secrets.key_damaged");
    EXPECT_EQ(SecretBox::open(m_folder / "none" / "secrets.key").error().code, ErrorCode::io);
}

} // namespace
} // namespace mortise::host
