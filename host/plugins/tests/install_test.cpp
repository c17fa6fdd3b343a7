#include "plugins/tests/install_fixture.hpp"
#include "plugins/trust/trust_book.hpp"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <sys/wait.h>

namespace mortise::host {
namespace {

TEST_F(InstallTest, TellsWhatAPackageAsksForAndKeepsNothing)
{
    const auto look = [&](const fs::path& file) {
        return with_file(file, [&](int descriptor) { return m_plugins->inspect(descriptor); });
    };
    const auto first = look(package("1.0.0"));
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(first->id, "com.test.steps");
    EXPECT_EQ(first->version, "1.0.0");
    EXPECT_TRUE(first->installed.empty());
    EXPECT_TRUE(on_disk().empty());
    install_and_enable();
    const auto next
        = look(package("1.1.0", {{"\"contacts.read\"", "\"contacts.read\", \"contacts.write\""}}));
    ASSERT_TRUE(next) << next.error().message;
    EXPECT_EQ(next->installed, "1.0.0");
    EXPECT_TRUE(next->is_newer);
    EXPECT_EQ(next->asks_more, std::vector<std::string>{"contacts.write"});
    EXPECT_TRUE(next->asks_less.empty());
    EXPECT_EQ(status("steps").versions, std::vector<std::string>{"1.0.0"});
}

TEST_F(InstallTest, InstallsAPackageOfWhichNothingRuns)
{
    const auto installed = install_package(package("1.0.0"));
    ASSERT_TRUE(installed) << installed.error().message;
    EXPECT_EQ(installed->id, "com.test.steps");
    EXPECT_EQ(installed->version, "1.0.0");
    EXPECT_FALSE(installed->was_there);
    EXPECT_EQ(status("steps").state, PluginState::verified);
    EXPECT_EQ(
        on_disk(),
        (std::vector<std::string>{
            "com.test.steps",
            "com.test.steps/1.0.0",
            "com.test.steps/1.0.0/mortise-package.json",
            "com.test.steps/1.0.0/plugin.json",
            "com.test.steps/1.0.0/steps.so"
        })
    );
    ASSERT_TRUE(m_plugins->enable("com.test.steps"));
    EXPECT_TRUE(call("steps.add", {{"text", "x"}}));
    EXPECT_TRUE(install_package(package("1.0.0"))->was_there);
}

TEST_F(InstallTest, RefusesWhatIsNotSigned)
{
    const auto refused = install_package(package("1.0.0"), {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "package.unsigned");
    EXPECT_TRUE(on_disk().empty());
}

TEST_F(InstallTest, LeavesNothingOfWhatItRefuses)
{
    const fs::path file = package("1.0.0");
    const std::string bytes = read(file);
    std::ofstream{m_folder / "cut.mortise"} << bytes.substr(0, bytes.size() / 2);
    EXPECT_EQ(install_package(m_folder / "cut.mortise").error().key, "package.truncated");
    EXPECT_TRUE(on_disk().empty());

    const fs::path unfit = pack(folder_of("unfit", {{"\"steps.add\"", "\"other.add\""}}));
    const auto refused = install_package(unfit);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().where, "/commands/0/name");
    EXPECT_TRUE(on_disk().empty());

    const fs::path foreign = pack(folder_of(
        "foreign",
        {{"\"linux-x86_64\": \"steps.so\", \"linux-aarch64\": \"steps.so\"", "\"linux-aarch64\": \"steps.so\""
        }}
    ));
    if (this_platform() == "linux-x86_64") {
        EXPECT_EQ(install_package(foreign).error().key, "manifest.platform");
    }
    EXPECT_TRUE(on_disk().empty());
}

TEST_F(InstallTest, RefusesOtherFilesOfTheSameVersion)
{
    ASSERT_TRUE(install_package(package("1.0.0")));
    const fs::path other = pack(folder_of("other", {{"Lives through", "Survives"}}));
    EXPECT_EQ(install_package(other).error().key, "plugins.version_exists");
    EXPECT_EQ(status("steps").summary, "Lives through versions, secrets and schedules.");
    const auto replaced = install_package(other, {.allow_unsigned = true, .replace = true});
    ASSERT_TRUE(replaced) << replaced.error().message;
    EXPECT_TRUE(replaced->was_there);
    EXPECT_EQ(status("steps").summary, "Survives versions, secrets and schedules.");
    EXPECT_EQ(on_disk().size(), 5U);
}

TEST_F(InstallTest, RunsOnlyWhatWasInstalled)
{
    ASSERT_TRUE(install_package(package("1.0.0")));
    const fs::path library = m_folder / "data/com.test.steps/1.0.0/steps.so";
    std::string bytes = read(library);
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    std::ofstream{library, std::ios::binary} << bytes;
    ASSERT_TRUE(m_plugins->enable("com.test.steps"));
    const auto refused = m_plugins->activate("com.test.steps");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().key, "package.changed");
    ASSERT_TRUE(m_plugins->disable("com.test.steps"));

    std::ofstream{m_folder / "data/com.test.steps/1.0.0/plugin.json", std::ios::app} << ' ';
    ASSERT_TRUE(m_plugins->rescan());
    EXPECT_EQ(m_plugins->enable("com.test.steps").error().key, "package.changed");
}

TEST_F(InstallTest, SaysThatFilesWereChangedAndHowToMendThem)
{
    const fs::path file = package("1.0.0");
    ASSERT_TRUE(install_package(file));
    ASSERT_TRUE(m_plugins->enable("com.test.steps"));
    EXPECT_EQ(status("steps").state, PluginState::resolved);
    const fs::path library = m_folder / "data/com.test.steps/1.0.0/steps.so";
    const std::string genuine = read(library);
    const auto spoil = [&] {
        std::string bytes = genuine;
        bytes.back() = static_cast<char>(bytes.back() ^ 1);
        std::ofstream{library, std::ios::binary} << bytes;
    };
    const auto expect_told = [&](const std::string& what) {
        const PluginStatus told = status("steps");
        EXPECT_EQ(told.state, PluginState::failed);
        ASSERT_EQ(told.problems.size(), 1U);
        EXPECT_EQ(told.problems.front().key, "package.changed");
        EXPECT_NE(told.problems.front().message.find(what), std::string::npos)
            << told.problems.front().message;
        EXPECT_NE(
            told.problems.front().hint.find(
                "\"mortise plugins install com.test.steps-1.0.0.mortise --allow-unsigned\""
            ),
            std::string::npos
        ) << told.problems.front().hint;
    };

    spoil();
    expect_told("steps.so was changed"); // nobody has called it yet
    EXPECT_EQ(m_plugins->activate("com.test.steps").error().key, "package.changed");
    expect_told("steps.so was changed");
    close();
    open();
    expect_told("steps.so was changed");
    fs::remove(library);
    expect_told("steps.so is not there any more");
    EXPECT_FALSE(m_plugins->activate("com.test.steps")); // the next try would have to wait

    // The remedy is taken as it is said, without --replace, and all is well at once.
    const auto again = install_package(file);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_TRUE(again->was_there);
    EXPECT_EQ(status("steps").state, PluginState::resolved);
    EXPECT_TRUE(status("steps").problems.empty());
    ASSERT_TRUE(m_plugins->activate("com.test.steps"));

    spoil(); // of what runs it is a warning
    EXPECT_EQ(status("steps").state, PluginState::active);
    ASSERT_FALSE(status("steps").warnings.empty());
    EXPECT_NE(status("steps").warnings.front().find("would not start again"), std::string::npos);
}

TEST_F(InstallTest, AChangedManifestIsTheSamePluginAndFailed)
{
    const fs::path file = package("1.0.0");
    ASSERT_TRUE(install_package(file));
    ASSERT_TRUE(m_plugins->enable("com.test.steps"));
    const fs::path manifest = m_folder / "data/com.test.steps/1.0.0/plugin.json";
    const auto expect_failed = [&](const std::string& what) {
        ASSERT_EQ(m_plugins->list().size(), 1U) << "no plugin by the name of a folder";
        const PluginStatus told = status("steps");
        EXPECT_EQ(told.state, PluginState::failed);
        EXPECT_EQ(told.version, "1.0.0");
        ASSERT_FALSE(told.problems.empty());
        EXPECT_EQ(told.problems.front().key, "package.changed");
        EXPECT_NE(told.problems.front().message.find(what), std::string::npos)
            << told.problems.front().message;
        EXPECT_NE(told.problems.front().hint.find("mortise plugins install"), std::string::npos);
    };
    const auto spoil = [&](std::string_view text) {
        fs::permissions(manifest, fs::perms::owner_write, fs::perm_options::add);
        std::ofstream{manifest, std::ios::app} << text;
    };
    spoil(" "); // the host runs on what it has read, and tells
    expect_failed("plugin.json was changed");
    close();
    open();
    expect_failed("plugin.json was changed");
    spoil("{"); // and now it cannot be read any more
    close();
    open();
    expect_failed("plugin.json was changed");
    fs::remove(manifest);
    close();
    open();
    expect_failed("plugin.json is not there any more");
    ASSERT_TRUE(m_plugins->disable("com.test.steps"));
    EXPECT_EQ(status("steps").state, PluginState::discovered);
    ASSERT_TRUE(install_package(file));
    EXPECT_EQ(status("steps").state, PluginState::verified);
    EXPECT_TRUE(status("steps").problems.empty());
}

TEST_F(InstallTest, SweepsWhatAnEarlierProcessLeft)
{
    ASSERT_TRUE(install_package(package("1.0.0")));
    const auto before = on_disk();
    close();
    fs::create_directories(m_folder / "data/.aside-0123456789abcdef");
    std::ofstream{m_folder / "data/.aside-0123456789abcdef/plugin.json"} << "{}";
    open();
    EXPECT_EQ(on_disk(), before);
}

/// A process that is killed at any moment of an upgrade of the files leaves the old version or the new one.
TEST_F(InstallTest, IsAllOrNothingWhenItIsKilled)
{
    const fs::path first = package("1.0.0");
    const fs::path second = pack(folder_of("replacing", {{"Lives through", "Survives"}}));
    const fs::path data = m_folder / "killed";
    {
        PluginFolder folder{data};
        ASSERT_TRUE(folder.open());
        auto staged = with_file(first, [&](int descriptor) { return folder.stage(descriptor); });
        ASSERT_TRUE(staged) << staged.error().message;
        ASSERT_TRUE(folder.keep(*std::move(staged), Replace::no));
    }
    constexpr int kills = 40;
    int done = 0;
    for (int i = 0; i < kills; ++i) {
        const fs::path& file = i % 2 == 0 ? second : first;
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            PluginFolder folder{data};
            auto staged = with_file(file, [&](int descriptor) { return folder.stage(descriptor); });
            if (!staged) ::_exit(3);
            ::_exit(folder.keep(*std::move(staged), Replace::yes) ? 0 : 4);
        }
        const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds{i * 1500};
        while (std::chrono::steady_clock::now() < end)
            std::this_thread::yield();
        ::kill(child, SIGKILL);
        int how = 0;
        ::waitpid(child, &how, 0);
        ASSERT_TRUE(WIFSIGNALED(how) || WEXITSTATUS(how) == 0) << WEXITSTATUS(how);
        done += WIFEXITED(how) ? 1 : 0;
        PluginFolder folder{data};
        ASSERT_TRUE(folder.open());
        const auto found = find_candidates({}, data);
        ASSERT_EQ(found.size(), 1U);
        const auto& candidates = found.at("com.test.steps");
        ASSERT_EQ(candidates.size(), 1U);
        EXPECT_TRUE(candidates.front().errors.empty()) << candidates.front().errors.front().message;
        EXPECT_TRUE(check_installed_file(candidates.front().folder, "steps.so"));
    }
    std::printf("%d of %d were done before they were killed\n", done, kills);
}

TEST_F(InstallTest, AnEnabledPluginKeepsItsVersion)
{
    install_and_enable();
    ASSERT_TRUE(install_package(package("1.1.0")));
    EXPECT_EQ(status("steps").version, "1.0.0");
    close();
    open();
    EXPECT_EQ(status("steps").version, "1.0.0");
    EXPECT_EQ(status("steps").versions, (std::vector<std::string>{"1.1.0", "1.0.0"}));
}

TEST_F(InstallTest, UpgradesWithItsRecords)
{
    install_and_enable();
    for (int i = 0; i < 10; ++i)
        ASSERT_TRUE(call("steps.add", {{"text", std::string(static_cast<std::size_t>(i + 1), 'x')}}));
    const auto upgraded = upgrade(package("1.1.0", with_length()));
    ASSERT_TRUE(upgraded) << upgraded.error().message;
    EXPECT_EQ(upgraded->from, "1.0.0");
    EXPECT_EQ(upgraded->to, "1.1.0");
    EXPECT_EQ(status("steps").version, "1.1.0");
    EXPECT_EQ(status("steps").migrating_from, "");
    const auto page
        = m_records->list(Principal::system(), "steps_item", {.sort = {}, .limit = 100, .after = {}});
    const auto type = m_records->schema()->find("steps_item");
    ASSERT_EQ(page->rows.size(), 10U);
    for (std::size_t i = 0; i < 10; ++i)
        EXPECT_EQ(value_of(*type, page->rows[i], "length"), Value{static_cast<std::int64_t>(i + 1)});
    close();
    open();
    EXPECT_EQ(status("steps").version, "1.1.0");
    EXPECT_TRUE(call("steps.add", {{"text", "x"}}));
}

TEST_F(InstallTest, LosesNothingWhileItIsUpgraded)
{
    install_and_enable();
    const Id contact = create_contact("first")->ids.front();
    ASSERT_TRUE(settle());
    std::atomic<bool> stop{false};
    std::atomic<int> refused{0};
    std::thread caller{[&] {
        while (!stop) {
            const auto answer = call("steps.add", {{"text", "called"}});
            EXPECT_TRUE(answer) << answer.error().message;
            // The hook of either version sees every change.
            const auto changed = change({
                .operation = Operation::update,
                .type = "contact",
                .id = contact,
                .version = {},
                .values = {{"nickname", "refuse me"}},
            });
            EXPECT_FALSE(changed);
            if (!changed && changed.error().key == "steps.refused")
                ++refused;
            else if (!changed)
                ADD_FAILURE() << changed.error().message;
        }
    }};
    constexpr int rounds = 3;
    for (int i = 1; i <= rounds; ++i) {
        ASSERT_TRUE(create_contact("contact " + std::to_string(i)));
        const auto upgraded = upgrade(package("1." + std::to_string(i) + ".0", with_length()));
        ASSERT_TRUE(upgraded) << upgraded.error().message;
    }
    stop = true;
    caller.join();
    ASSERT_TRUE(settle());
    const auto found = items();
    EXPECT_EQ(
        std::ranges::count_if(found, [](const std::string& text) { return text.starts_with("contact "); }),
        rounds
    );
    EXPECT_GT(refused, 0);
}

TEST_F(InstallTest, GoesBackWhenTheNewVersionDoesNotStart)
{
    install_and_enable();
    const fs::path folder = folder_of("bad", {{"\"1.0.0\"", "\"2.0.0\""}});
    fs::copy_file(
        fs::path{MORTISE_FIXTURES} / "com.test.broken/broken.so",
        folder / "steps.so",
        fs::copy_options::overwrite_existing
    );
    ASSERT_TRUE(create_contact("before"));
    const auto failed = upgrade(pack(folder));
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().hint.find("version 1.0.0 runs again"), std::string::npos) << failed.error().hint;
    EXPECT_EQ(status("steps").version, "1.0.0");
    EXPECT_EQ(status("steps").state, PluginState::active);
    EXPECT_EQ(status("steps").versions, std::vector<std::string>{"1.0.0"});
    EXPECT_TRUE(call("steps.add", {{"text", "still there"}}));
    ASSERT_TRUE(create_contact("after"));
    ASSERT_TRUE(settle());
    EXPECT_EQ(items().size(), 3U);
    close();
    open();
    EXPECT_EQ(status("steps").version, "1.0.0");
}

TEST_F(InstallTest, GoesBackWhenTheMigrationFails)
{
    install_and_enable();
    for (const char* text : {"a", "b", "c", "d", "poison", "f"})
        ASSERT_TRUE(call("steps.add", {{"text", text}}));
    const auto failed = upgrade(package("1.1.0", with_length()));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().key, "steps.poison");
    EXPECT_EQ(status("steps").version, "1.0.0");
    EXPECT_EQ(status("steps").migrating_from, "");
    EXPECT_TRUE(call("steps.add", {{"text", "still there"}}));
    EXPECT_EQ(items().size(), 7U);
}

TEST_F(InstallTest, RefusesUpgradesThatAreNone)
{
    EXPECT_EQ(upgrade(package("1.0.0")).error().code, ErrorCode::not_found);
    install_and_enable();
    EXPECT_EQ(upgrade(package("1.0.0")).error().key, "plugins.not_newer");
    EXPECT_EQ(upgrade(package("0.9.0")).error().key, "plugins.not_newer");
    EXPECT_EQ(upgrade(package("1.1.0"), {}).error().key, "package.unsigned");
    EXPECT_EQ(status("steps").versions, std::vector<std::string>{"1.0.0"});
}

TEST_F(InstallTest, RollsBack)
{
    EXPECT_EQ(m_plugins->rollback("com.test.steps").error().code, ErrorCode::not_found);
    install_and_enable();
    EXPECT_EQ(m_plugins->rollback("com.test.steps").error().key, "plugins.no_version");
    ASSERT_TRUE(call("steps.add", {{"text", "one"}}));
    ASSERT_TRUE(upgrade(package("1.1.0", with_length())));
    ASSERT_TRUE(call("steps.add", {{"text", "two"}}));
    const auto back = m_plugins->rollback("com.test.steps");
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->from, "1.1.0");
    EXPECT_EQ(back->to, "1.0.0");
    EXPECT_EQ(status("steps").version, "1.0.0");
    ASSERT_TRUE(call("steps.add", {{"text", "three"}}));
    EXPECT_EQ(items(), (std::vector<std::string>{"one", "two", "three"}));
    close();
    open();
    EXPECT_EQ(status("steps").version, "1.0.0");
    // What the newer version declared is kept, and comes back with it.
    const auto again = upgrade(package("1.1.0", with_length()));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(status("steps").version, "1.1.0");
}

TEST_F(InstallTest, AsksBeforeItGrantsMore)
{
    install_and_enable();
    const std::vector<std::pair<std::string, std::string>> more{
        {"\"contacts.read\"", "\"contacts.read\", \"contacts.write\""}
    };
    const auto upgraded = upgrade(package("1.1.0", more));
    ASSERT_TRUE(upgraded) << upgraded.error().message;
    EXPECT_EQ(upgraded->asks_more, std::vector<std::string>{"contacts.write"});
    EXPECT_TRUE(upgraded->asks_less.empty());
    EXPECT_EQ(std::ranges::count(status("steps").granted, "contacts.write"), 0);
    ASSERT_TRUE(m_plugins->grant("com.test.steps", {"contacts.write"}));
    EXPECT_EQ(std::ranges::count(status("steps").granted, "contacts.write"), 1);
    const auto granted = upgrade(
        package("1.2.0", {{"\"contacts.read\"", "\"contacts.read\", \"net:example.org\""}}),
        {.allow_unsigned = true, .grant_new = true}
    );
    ASSERT_TRUE(granted) << granted.error().message;
    EXPECT_EQ(granted->asks_less, std::vector<std::string>{"contacts.write"});
    EXPECT_EQ(std::ranges::count(status("steps").granted, "net:example.org"), 1);
}

TEST_F(InstallTest, GrantsNoMoreWhatAVersionDoesNotAskFor)
{
    const std::vector<std::string> both{"contacts.read", "contacts.write"};
    const std::vector<std::string> one{"contacts.read"};
    const std::vector<std::pair<std::string, std::string>> more{
        {"\"contacts.read\"", "\"contacts.read\", \"contacts.write\""}
    };
    ASSERT_TRUE(install_package(package("1.0.0", more)));
    ASSERT_TRUE(m_plugins->enable("com.test.steps"));
    const auto granted = [&] {
        auto found = status("steps").granted;
        std::erase_if(found, [&](const auto& each) { return std::ranges::find(both, each) == both.end(); });
        return found;
    };
    EXPECT_EQ(granted(), both);
    ASSERT_TRUE(upgrade(package("1.1.0")));
    EXPECT_EQ(granted(), one);
    close();
    open();
    EXPECT_EQ(granted(), one);

    // What goes back to what it was has what it had; what asks anew is granted anew.
    ASSERT_TRUE(m_plugins->rollback("com.test.steps"));
    EXPECT_EQ(granted(), both);
    ASSERT_TRUE(upgrade(package("1.1.0")));
    EXPECT_EQ(granted(), one);
    ASSERT_TRUE(upgrade(package("1.2.0", more)));
    EXPECT_EQ(granted(), one) << "an admin did not say so";
    ASSERT_TRUE(m_plugins->grant("com.test.steps", {"contacts.write"}));
    EXPECT_EQ(granted(), both);

    // What was taken away stays away.
    ASSERT_TRUE(upgrade(package("1.3.0")));
    ASSERT_TRUE(m_plugins->revoke("com.test.steps", {"contacts.write"}));
    ASSERT_TRUE(m_plugins->rollback("com.test.steps"));
    EXPECT_EQ(granted(), one);
}

TEST_F(InstallTest, GivesNothingUpWhenAnUpgradeFails)
{
    const std::vector<std::pair<std::string, std::string>> more{
        {"\"contacts.read\"", "\"contacts.read\", \"contacts.write\""}
    };
    ASSERT_TRUE(install_package(package("1.0.0", more)));
    ASSERT_TRUE(m_plugins->enable("com.test.steps"));
    const auto before = status("steps").granted;
    const auto refused = upgrade(package(
        "1.1.0",
        {{"\"on\": \"contact.created\"", "\"name\": \"contact.created\", \"on\": \"contact_point.created\""}}
    ));
    ASSERT_FALSE(refused);
    EXPECT_EQ(status("steps").granted, before);
    close();
    open();
    EXPECT_EQ(status("steps").granted, before);
}

TEST_F(InstallTest, SaysHowAnUpgradeIsGrantedWhatItCannotDoWithout)
{
    install_and_enable();
    const std::vector<std::pair<std::string, std::string>> more{
        {"\"contacts.read\"", "\"contacts.read\", \"contact_points.read\""},
        {"\"on\": \"contact.created\"",
         "\"name\": \"contact.created\", \"on\": [\"contact.created\", \"contact_point.created\"]"}
    };
    const fs::path newer = package("1.1.0", more);
    const auto denied = upgrade(newer);
    ASSERT_FALSE(denied);
    EXPECT_EQ(denied.error().code, ErrorCode::denied);
    EXPECT_EQ(
        denied.error().hint,
        "com.test.steps 1.1.0 asks for contact_points.read, which was not granted: \"mortise plugins upgrade "
        "--grant\" grants what a version asks for; version 1.0.0 runs again"
    );
    EXPECT_EQ(status("steps").version, "1.0.0");
    const auto granted = upgrade(newer, {.allow_unsigned = true, .grant_new = true});
    ASSERT_TRUE(granted) << granted.error().message;
    EXPECT_EQ(status("steps").version, "1.1.0");
}

TEST_F(InstallTest, TheKeyThatSignedWhatWasEnabledMustSignWhatFollows)
{
    const SigningKey ours = SigningKey::create();
    const SigningKey theirs = SigningKey::create();
    const auto installed = install_package(signed_package("1.0.0", ours), {});
    ASSERT_TRUE(installed) << installed.error().message;
    EXPECT_EQ(installed->signed_by, std::vector{key_fingerprint(ours.public_key())});
    EXPECT_EQ(status("steps").key, ""); // nothing was granted to it yet
    ASSERT_TRUE(m_plugins->enable("com.test.steps"));
    EXPECT_EQ(status("steps").key, key_fingerprint(ours.public_key()));

    for (const InstallOptions& options : {InstallOptions{}, unsigned_too}) {
        EXPECT_EQ(upgrade(signed_package("1.1.0", theirs), options).error().key, "package.other_key");
        EXPECT_EQ(upgrade(package("1.1.0"), options).error().key, "package.other_key");
    }
    EXPECT_EQ(status("steps").version, "1.0.0");
    const auto upgraded = upgrade(signed_package("1.1.0", ours), {});
    ASSERT_TRUE(upgraded) << upgraded.error().message;

    ASSERT_TRUE(m_plugins->trust().unpin("com.test"));
    const auto changed = upgrade(signed_package("1.2.0", theirs), {});
    ASSERT_TRUE(changed) << changed.error().message;
    EXPECT_EQ(status("steps").key, key_fingerprint(theirs.public_key()));
}

TEST_F(InstallTest, ASignatureOfSomethingElseIsRefusedWhateverTheOptionsSay)
{
    const fs::path file = signed_package("1.0.0", SigningKey::create(), "changed afterwards");
    EXPECT_EQ(install_package(file, unsigned_too).error().key, "package.wrong_signature");
    EXPECT_EQ(m_plugins->find("com.test.steps").error().key, "plugins.unknown");
}

} // namespace
} // namespace mortise::host
