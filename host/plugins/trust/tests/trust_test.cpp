#include "base/time_text.hpp"
#include "plugins/plugin_store.hpp"
#include "plugins/tests/install_fixture.hpp"
#include "plugins/trust/catalog_file.hpp"
#include "plugins/trust/trust_book.hpp"

namespace mortise::host {
namespace {

constexpr std::int64_t day = 86'400'000'000;

/// A host with one root key and a vendor's key. Today is 2026-01-01.
class TrustTest : public InstallTest {
protected:
    Instant in_days(std::int64_t days) const { return {m_clock.now().microseconds + days * day}; }
    TrustBook& trust() { return m_plugins->trust(); }
    void add_root()
    {
        const auto added = trust().add_root(m_root.public_key());
        ASSERT_TRUE(added) << added.error().message;
    }
    std::string refusal(const fs::path& file, const InstallOptions& options = {})
    {
        const auto before = on_disk();
        const auto installed = install_package(file, options);
        if (installed) return {};
        EXPECT_EQ(on_disk(), before) << installed.error().key;
        EXPECT_FALSE(installed.error().message.empty());
        return installed.error().key;
    }
    void install_signed(const std::string& version, const SigningKey& key)
    {
        const auto installed = install_package(signed_package(version, key), {});
        ASSERT_TRUE(installed) << installed.error().message;
        const auto enabled = m_plugins->enable("com.test.steps");
        ASSERT_TRUE(enabled) << enabled.error().message;
    }
    std::string list(std::int64_t number, std::vector<std::string> keys, const char* versions = nullptr)
    {
        RevocationStatement statement{number, m_clock.now(), in_days(30), std::move(keys), {}};
        if (versions)
            statement.packages.push_back({"com.test.steps", *VersionRange::parse(versions), "leaks"});
        return sign_statement(statement_text(statement), m_root);
    }
    std::string
    rotation(std::int64_t number, const SigningKey& before, const SigningKey& after, bool by_root = true)
    {
        const std::string text = statement_text(
            RotationStatement{"com.test", number, before.public_key(), {after.public_key(), {}, {}}}
        );
        const std::string by_old = sign_statement(text, before);
        return by_root ? sign_statement(text, m_root, by_old) : by_old;
    }
    std::string take(const std::string& envelope)
    {
        const auto taken = trust().take(envelope);
        return taken ? *taken : taken.error().key;
    }
    bool is_running() { return call("steps.add", {{"text", "x"}}).has_value(); }

    const SigningKey m_root = SigningKey::create();
    const SigningKey m_vendor = SigningKey::create();
};

// P1
TEST_F(TrustTest, TakesNothingThatIsNotSigned)
{
    EXPECT_EQ(refusal(package("1.0.0")), "package.unsigned");
}

// P3
TEST_F(TrustTest, TakesOnlyKeysThatAreKnownIfTheAdminWantsSo)
{
    TrustPolicy policy;
    policy.first_use = false;
    ASSERT_TRUE(trust().set_policy(policy));
    EXPECT_EQ(refusal(signed_package("1.0.0", m_vendor)), "package.unknown_key");
    add_root();
    const std::string word = statement_text(KeyStatement{"com.test", {m_vendor.public_key(), {}, {}}});
    const std::string other = statement_text(KeyStatement{"com.evil", {m_vendor.public_key(), {}, {}}});
    EXPECT_EQ(
        refusal(signed_package("1.0.0", m_vendor, {}, {sign_statement(word, SigningKey::create())})),
        "package.unknown_key"
    );
    EXPECT_EQ(
        refusal(signed_package("1.0.0", m_vendor, {}, {sign_statement(other, m_root)})), "package.unknown_key"
    );
    EXPECT_EQ(refusal(signed_package("1.0.0", m_vendor, {}, {sign_statement(word, m_root)})), "");
    ASSERT_TRUE(m_plugins->enable("com.test.steps"));
    EXPECT_EQ(trust().pin_of("com.test.steps")->by, "root");
    close();
    open();
    EXPECT_FALSE(trust().policy().first_use);
    EXPECT_EQ(trust().pin_of("com.test.other")->keys.front().key, m_vendor.public_key());
}

TEST_F(TrustTest, HoldsKeysToTheirTime)
{
    ASSERT_TRUE(trust().pin("com.test", {{m_vendor.public_key(), in_days(10), in_days(20)}}, 1));
    EXPECT_EQ(refusal(signed_package("1.0.0", m_vendor)), "package.key_not_yet_valid");
    m_clock.set(in_days(15));
    EXPECT_EQ(refusal(signed_package("1.0.0", m_vendor)), "");
    ASSERT_TRUE(m_plugins->enable("com.test.steps"));
    const Instant good = m_clock.now();
    m_clock.set(in_days(10));
    EXPECT_EQ(refusal(signed_package("1.1.0", m_vendor)), "package.key_expired");
    // A clock that is set back does not bring it back, nor does a restart with it.
    m_clock.set(good);
    EXPECT_EQ(refusal(signed_package("1.1.0", m_vendor)), "package.key_expired");
    close();
    open();
    EXPECT_EQ(refusal(signed_package("1.1.0", m_vendor)), "package.key_expired");
    EXPECT_TRUE(is_running()); // what was installed in time runs on
    ASSERT_TRUE(trust().forget("time", ""));
    EXPECT_EQ(refusal(signed_package("1.1.0", m_vendor)), "");
}

/// At first a key may tell its own time; afterwards only others may make it longer.
TEST_F(TrustTest, LetsNoKeyVouchForItself)
{
    const auto word = [&](std::optional<Instant> until) {
        return sign_statement(
            statement_text(KeyStatement{"com.test", {m_vendor.public_key(), {}, until}}), m_vendor
        );
    };
    ASSERT_EQ(refusal(signed_package("1.0.0", m_vendor, {}, {word(in_days(5))})), "");
    ASSERT_TRUE(m_plugins->enable("com.test.steps"));
    ASSERT_TRUE(trust().pin_of("com.test.steps")->keys.front().until);
    m_clock.set(in_days(6));
    EXPECT_EQ(refusal(signed_package("1.1.0", m_vendor, {}, {word({})})), "package.key_expired");
}

// P3, P18
TEST_F(TrustTest, TakesNoPluginOfAVendorThatAnotherKeySigned)
{
    install_signed("1.0.0", m_vendor);
    EXPECT_EQ(refusal(signed_package("1.1.0", SigningKey::create())), "package.other_key");
    EXPECT_EQ(refusal(package("1.1.0"), unsigned_too), "package.other_key");
    // Another plugin of the same vendor: the key is the vendor's.
    const std::string text = "a list";
    const std::optional<std::string> signature = add_signature(text, std::nullopt, SigningKey::create());
    const auto judged = trust().judge({"com.test.other", *Version::parse("1.0.0"), text, signature}, true);
    ASSERT_FALSE(judged);
    EXPECT_EQ(judged.error().key, "package.other_key");
}

TEST_F(TrustTest, AnIdBelongsToWhoeverWasThereFirst)
{
    const auto of = [](const char* vendor) {
        return std::vector<std::pair<std::string, std::string>>{
            {R"("name": "Steps")", R"("name": "Steps", "vendor": ")" + std::string{vendor} + '"'}
        };
    };
    ASSERT_EQ(refusal(package("1.0.0", of("Acme")), unsigned_too), "");
    EXPECT_EQ(refusal(signed_package("9.0.0", m_vendor, {}, {}, of("Evil"))), "package.other_vendor");
    install("steps"); // by the system's packages; without a vendor's name
    ASSERT_TRUE(m_plugins->remove("com.test.steps").error().key == "plugins.of_the_system");
}

TEST_F(TrustTest, WhatTheSystemBroughtIsNotReplacedByAStranger)
{
    install("steps");
    EXPECT_EQ(refusal(signed_package("9.0.0", m_vendor)), "package.of_the_system");
    ASSERT_TRUE(trust().pin("com.test", {{m_vendor.public_key(), {}, {}}}, 1));
    EXPECT_EQ(refusal(signed_package("9.0.0", m_vendor)), "");
}

// P4
TEST_F(TrustTest, CountsKeysNotSignatures)
{
    const SigningKey second = SigningKey::create();
    ASSERT_TRUE(trust().pin("com.test", {{m_vendor.public_key(), {}, {}}, {second.public_key(), {}, {}}}, 2));
    const fs::path one = signed_package("1.0.0", m_vendor);
    EXPECT_EQ(refusal(one), "package.too_few_signatures");

    const auto files = package_files_in(m_folder / "built/steps-1.0.0");
    const std::string text = package_list_text(*list_package_files(*files));
    std::string twice = add_signature(text, std::nullopt, m_vendor);
    const std::size_t begin = twice.find("[{");
    const std::size_t end = twice.find("}]");
    const std::string signature = twice.substr(begin + 1, end - begin);
    twice.insert(end + 1, ',' + signature + ',' + signature);
    ASSERT_TRUE(write_package(*files, one, twice));
    EXPECT_EQ(refusal(one), "package.too_few_signatures");

    const std::string both = add_signature(text, add_signature(text, std::nullopt, m_vendor), second);
    ASSERT_TRUE(write_package(*files, one, both));
    EXPECT_EQ(refusal(one), "");
}

TEST_F(TrustTest, AsksForAsManySignaturesAsThePolicySays)
{
    TrustPolicy policy;
    policy.signatures = 2;
    ASSERT_TRUE(trust().set_policy(policy));
    EXPECT_EQ(refusal(signed_package("1.0.0", m_vendor)), "package.too_few_signatures");
    policy.signatures = 17;
    EXPECT_EQ(trust().set_policy(policy).error().key, "trust.bad_policy");
}

// P6
TEST_F(TrustTest, GoesToNoOlderVersionUnasked)
{
    install_signed("2.0.0", m_vendor);
    const fs::path old = signed_package("1.0.0", m_vendor);
    EXPECT_EQ(refusal(old), "package.rollback");
    ASSERT_TRUE(m_plugins->remove("com.test.steps"));
    EXPECT_EQ(refusal(old), "package.rollback"); // it is remembered
    close();
    open();
    EXPECT_EQ(refusal(old), "package.rollback");
    EXPECT_EQ(refusal(old, {.older = true}), "");
}

TEST_F(TrustTest, RecoversFromAVersionThatNothingCanFollow)
{
    add_root();
    const std::string last = "999999999.0.0";
    install_signed(last, m_vendor);
    EXPECT_EQ(refusal(signed_package("2.0.0", m_vendor)), "package.rollback");
    ASSERT_EQ(take(list(1, {}, ">=1000")), "revocations");
    EXPECT_EQ(m_plugins->trust_changed(), std::vector<std::string>{"com.test.steps"});
    EXPECT_EQ(refusal(signed_package("2.0.0", m_vendor)), "");
    ASSERT_TRUE(m_plugins->rollback("com.test.steps"));
    EXPECT_EQ(status("steps").version, "2.0.0");
    EXPECT_TRUE(is_running());
    EXPECT_NE(refusal(signed_package("18446744073709551615.0.0", m_vendor)), "");
}

// P15
TEST_F(TrustTest, FollowsAChainOfKeysWithoutAGap)
{
    add_root();
    install_signed("1.0.0", m_vendor);
    std::vector<SigningKey> keys;
    std::vector<std::string> chain;
    for (int i = 0; i < 5; ++i) {
        keys.push_back(SigningKey::create());
        chain.push_back(
            rotation(i + 1, i == 0 ? m_vendor : keys[static_cast<std::size_t>(i) - 1], keys.back())
        );
    }
    std::vector<std::string> gap = chain;
    gap.erase(gap.begin() + 2);
    EXPECT_EQ(refusal(signed_package("2.0.0", keys.back(), {}, gap)), "trust.rotation_gap");
    EXPECT_EQ(refusal(signed_package("2.0.0", keys.back())), "package.other_key");
    const SigningKey thief = SigningKey::create();
    EXPECT_EQ(
        refusal(signed_package("2.0.0", thief, {}, {rotation(1, m_vendor, thief, false)})),
        "trust.not_by_root"
    );
    const std::string by_thief = sign_statement(
        statement_text(RotationStatement{"com.test", 1, m_vendor.public_key(), {thief.public_key(), {}, {}}}),
        m_root
    );
    EXPECT_EQ(refusal(signed_package("2.0.0", thief, {}, {by_thief})), "trust.rotation_unsigned");
    EXPECT_EQ(refusal(signed_package("2.0.0", keys.back(), {}, chain)), "");
    EXPECT_EQ(trust().pin_of("com.test.steps")->keys.front().key, keys.back().public_key());
    EXPECT_EQ(trust().pin_of("com.test.steps")->rotation, 5);
    // The old key is worth nothing any more, and old statements are passed over.
    EXPECT_EQ(refusal(signed_package("3.0.0", m_vendor)), "package.other_key");
    EXPECT_EQ(refusal(signed_package("3.0.0", keys.back(), {}, chain)), "");
}

TEST_F(TrustTest, TakesARotationByItself)
{
    const SigningKey next = SigningKey::create();
    install_signed("1.0.0", m_vendor);
    EXPECT_EQ(take(rotation(1, m_vendor, next)), "trust.no_root");
    add_root();
    EXPECT_EQ(take(rotation(2, m_vendor, next)), "trust.rotation_gap");
    EXPECT_EQ(take(rotation(1, m_vendor, next)), "rotation");
    EXPECT_EQ(refusal(signed_package("1.1.0", next)), "");
}

// P16
TEST_F(TrustTest, TakesDownWhatIsRevokedWhileItRuns)
{
    add_root();
    install_signed("1.0.0", m_vendor);
    ASSERT_TRUE(is_running());
    ASSERT_EQ(take(list(1, {key_fingerprint(m_vendor.public_key())})), "revocations");
    EXPECT_EQ(m_plugins->trust_changed(), std::vector<std::string>{"com.test.steps"});
    EXPECT_FALSE(is_running());
    EXPECT_EQ(status("steps").problems.front().key, "package.key_revoked");
    EXPECT_EQ(refusal(signed_package("1.1.0", m_vendor)), "package.key_revoked");
    close();
    open();
    EXPECT_FALSE(is_running());
    EXPECT_EQ(status("steps").problems.front().key, "package.key_revoked");
    // A list without it gives it back.
    ASSERT_EQ(take(list(2, {})), "revocations");
    EXPECT_TRUE(m_plugins->trust_changed().empty());
    EXPECT_TRUE(is_running());
}

TEST_F(TrustTest, AnUpgradeMendsWhatWasRevoked)
{
    install_signed("1.0.0", m_vendor);
    ASSERT_TRUE(trust().revoke("com.test.steps@<1.1"));
    EXPECT_EQ(m_plugins->trust_changed().size(), 1U);
    EXPECT_EQ(refusal(signed_package("1.0.1", m_vendor)), "package.revoked");
    const auto upgraded = upgrade(signed_package("1.1.0", m_vendor), {});
    ASSERT_TRUE(upgraded) << upgraded.error().message;
    EXPECT_TRUE(is_running());
    ASSERT_TRUE(trust().unrevoke("com.test.steps@<1.1"));
    EXPECT_EQ(trust().revoke("nonsense").error().key, "trust.bad_revocation");
}

/// A list can be put beside the plugins, as a file.
TEST_F(TrustTest, FindsAListThatWasPutThere)
{
    add_root();
    install_signed("1.0.0", m_vendor);
    std::ofstream{m_folder / "data/revocations.json"} << list(1, {}, "1.x");
    EXPECT_TRUE(eventually([&] { return !is_running(); }));
}

TEST_F(TrustTest, ListsOfRevocationsOnlyGoForward)
{
    EXPECT_EQ(take(list(3, {})), "trust.no_root");
    add_root();
    EXPECT_EQ(
        take(sign_statement(statement_text(RevocationStatement{1, {}, in_days(1), {}, {}}), m_vendor)),
        "trust.not_by_root"
    );
    EXPECT_EQ(take(list(3, {})), "revocations");
    EXPECT_EQ(take(list(2, {})), "trust.revocations_older");
    const std::string old = list(4, {});
    m_clock.set(in_days(31));
    EXPECT_EQ(take(old), "trust.revocations_expired");
    // An old list is no comfort.
    EXPECT_EQ(refusal(signed_package("1.0.0", m_vendor)), "trust.revocations_stale");
    EXPECT_TRUE(trust().revocations_problem());
    ASSERT_EQ(take(list(4, {})), "revocations");
    EXPECT_EQ(refusal(signed_package("1.0.0", m_vendor)), "");
    TrustPolicy policy;
    policy.root_signatures = 2;
    ASSERT_TRUE(trust().set_policy(policy));
    EXPECT_EQ(take(list(5, {})), "trust.too_few_roots");
}

// P7, P8
TEST_F(TrustTest, ACatalogIsOfOneTimeAndNotOld)
{
    const fs::path folder = m_folder / "catalog";
    fs::create_directories(folder);
    fs::copy_file(signed_package("1.0.0", m_vendor), folder / "steps-1.mortise");
    const auto write_index = [&](std::int64_t number, const SigningKey& key) {
        auto index = index_packages(folder);
        ASSERT_TRUE(index) << index.error().message;
        index->number = number;
        index->issued = m_clock.now();
        index->until = in_days(30);
        std::ofstream{folder / catalog_index_name} << sign_statement(statement_text(*index), key);
    };
    write_index(5, m_root);
    const TrustedCatalog catalog{"ours", folder.string(), m_root.public_key(), 0};
    ASSERT_TRUE(trust().add_catalog(catalog));
    auto index = trust().read_catalog(catalog);
    ASSERT_TRUE(index) << index.error().message;
    ASSERT_EQ(index->packages.size(), 1U);
    EXPECT_EQ(index->packages.front().id, "com.test.steps");
    const auto opened = open_catalog_package(folder, index->packages.front());
    ASSERT_TRUE(opened) << opened.error().message;
    const auto installed = m_plugins->install(*opened, {});
    EXPECT_TRUE(installed) << installed.error().message;
    ::close(*opened);

    write_index(4, m_root);
    EXPECT_EQ(trust().read_catalog(catalog).error().key, "catalog.rollback");
    write_index(6, SigningKey::create());
    EXPECT_EQ(trust().read_catalog(catalog).error().key, "catalog.wrong_key");
    write_index(6, m_root);
    // Files of one time beside an index of another.
    fs::copy_file(
        signed_package("1.1.0", m_vendor), folder / "steps-1.mortise", fs::copy_options::overwrite_existing
    );
    index = trust().read_catalog(catalog);
    ASSERT_TRUE(index);
    EXPECT_EQ(open_catalog_package(folder, index->packages.front()).error().key, "catalog.other_file");
    std::ofstream{folder / "steps-1.mortise", std::ios::app} << std::string(100'000, 'x');
    EXPECT_EQ(open_catalog_package(folder, index->packages.front()).error().key, "catalog.other_file");
    m_clock.set(in_days(31));
    EXPECT_EQ(trust().read_catalog(catalog).error().key, "catalog.expired");
    EXPECT_EQ(
        trust().read_catalog({"none", "/nowhere", m_root.public_key(), 0}).error().key, "catalog.unreadable"
    );
}

/// P14: also a list that was changed together with the library is noticed.
TEST_F(TrustTest, RunsOnlyTheListThatWasInstalled)
{
    ASSERT_EQ(refusal(package("1.0.0"), unsigned_too), "");
    ASSERT_TRUE(m_plugins->enable("com.test.steps"));
    const fs::path folder = m_folder / "data/com.test.steps/1.0.0";
    std::string bytes = read(folder / "steps.so");
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    std::ofstream{folder / "steps.so", std::ios::binary} << bytes;
    auto changed = read_package_list(read(folder / package_list_name));
    ASSERT_TRUE(changed);
    for (PackageFile& file : changed->files)
        if (file.path == "steps.so") file.sha256 = sha256(bytes);
    std::ofstream{folder / package_list_name} << package_list_text(*changed);
    EXPECT_EQ(m_plugins->activate("com.test.steps").error().key, "package.changed");
    EXPECT_EQ(status("steps").state, PluginState::failed);
    const std::string other = package_list_text(*changed);
    fs::remove(folder / package_list_name);
    EXPECT_EQ(m_plugins->activate("com.test.steps").error().key, "package.changed");
    close();
    open();
    EXPECT_EQ(status("steps").problems.front().key, "package.changed");
    EXPECT_EQ(status("steps").state, PluginState::failed);

    // Another package is no remedy, and trying it vouches for nothing.
    std::ofstream{folder / package_list_name} << other;
    EXPECT_EQ(refusal(package("1.0.0", {{"Lives", "Dies"}}), unsigned_too), "plugins.version_exists");
    close();
    open();
    EXPECT_EQ(m_plugins->activate("com.test.steps").error().key, "package.changed");
    EXPECT_EQ(status("steps").problems.front().key, "package.changed");
    // The one that was installed is, as the problem's hint says, and it runs again.
    EXPECT_EQ(refusal(package("1.0.0"), unsigned_too), "");
    EXPECT_TRUE(m_plugins->activate("com.test.steps"));
    EXPECT_TRUE(status("steps").problems.empty());
}

/// Earlier versions kept a plugin's key in its settings.
TEST_F(TrustTest, KeepsKeysOfEarlierVersions)
{
    PluginStore store{*m_database, *m_writer, m_clock};
    ASSERT_TRUE(store.set_setting("com.test.steps", "host.key", Value{public_key_text(m_vendor.public_key())})
    );
    close();
    open();
    ASSERT_TRUE(trust().pin_of("com.test.steps"));
    EXPECT_EQ(trust().pin_of("com.test.steps")->keys.front().key, m_vendor.public_key());
    EXPECT_EQ(refusal(signed_package("1.0.0", SigningKey::create())), "package.other_key");
}

} // namespace
} // namespace mortise::host
