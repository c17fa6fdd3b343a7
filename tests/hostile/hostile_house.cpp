#include "hostile_house.hpp"

#include "base/json.hpp"
#include "store/statement.hpp"

#include <array>
#include <csignal>
#include <fstream>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mortise::host {

namespace {

std::string words_of(const Error& error)
{
    return std::string{name(error.code)} + ": " + error.message;
}

} // namespace

HostileHouse::HostileHouse(Where where) : m_where{where}
{
    // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread yet
    ::setenv("MORTISE_PLANTED", "planted-secret-in-the-environment", 1);
    if (where == Where::without_box) m_runner = MORTISE_RUNNER_WITHOUT_BOX;
    SetUp();
    std::ofstream{m_folder / "mortise.db-bait"} << "not missed";
}

HostileHouse::~HostileHouse()
{
    TearDown();
}

void HostileHouse::put(const std::string& name)
{
    const std::string id = "com.test." + name;
    std::filesystem::copy(
        std::filesystem::path{name == "plain" ? MORTISE_FIXTURES : MORTISE_HOSTILE} / id,
        m_folder / "installed" / id
    );
    EXPECT_TRUE(m_plugins->rescan());
    if (m_where != Where::in_process && name != "plain") {
        const auto isolated = m_plugins->isolate(id, true);
        EXPECT_TRUE(isolated);
    }
}

void HostileHouse::switch_on(const std::string& name)
{
    put(name);
    const auto enabled = m_plugins->enable("com.test." + name);
    EXPECT_TRUE(enabled) << enabled.error().where << ": " << enabled.error().message;
    const auto limit = [&](std::string_view quota, std::int64_t to) {
        EXPECT_TRUE(m_plugins->set_setting("com.test." + name, "quota." + std::string{quota}, to));
    };
    limit("call_ms", 1500);
    limit("query_ms", 50);
    limit("queued_events", 200);
}

std::string HostileHouse::act(std::string_view what)
{
    const std::string target = (m_folder / "mortise.db").string() + ',' + std::to_string(::getpid());
    const auto answer = call("hostile.do", {{"what", what}, {"target", target}});
    if (!answer) return words_of(answer.error());
    if (answer->as<std::string>() != nullptr) return std::string{answer->text()};
    return json_text(*answer);
}

std::string HostileHouse::start_and_end(const std::string& name)
{
    put(name);
    const std::string id = "com.test." + name;
    if (const auto enabled = m_plugins->enable(id); !enabled) return words_of(enabled.error());
    if (const auto started = m_plugins->activate(id); !started) return words_of(started.error());
    const auto ended = m_plugins->disable(id, std::chrono::milliseconds{1500});
    return ended ? "started, and ended" : "started, and not ended";
}

BoxTier HostileHouse::tier()
{
    EXPECT_EQ(act("fine"), "done");
    const auto box = status("hostile").box;
    return box ? box->tier() : BoxTier::none;
}

bool HostileHouse::told(std::string_view key, std::string_view words)
{
    const auto lines = m_plugins->logs("com.test.hostile", 500);
    return lines && std::ranges::any_of(*lines, [&](const LogLine& line) {
               return line.key == key && line.message.find(words) != std::string::npos;
           });
}

std::string HostileHouse::harm()
{
    const auto sum = call("plain.add", {{"a", std::int64_t{2}}, {"b", std::int64_t{3}}});
    if (!sum) return "another plugin does not work: " + sum.error().message;
    if (*sum != Value{std::int64_t{5}}) return "another plugin is wrong";
    if (const auto made = create_contact("after the harm"); !made)
        return "nothing can be written: " + made.error().message;
    const ReadLease reader = m_database->read();
    auto check = reader->prepare("PRAGMA quick_check");
    if (!check || !check->step() || check->text(0) != "ok") return "the database is damaged";
    return {};
}

std::string in_a_host_of_its_own(const std::function<std::string()>& what)
{
    constexpr int patience_ms = 15'000;
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return "no pipe";
    const pid_t host = ::fork();
    if (host == 0) {
        ::setpgid(0, 0);
        const std::string answer = what();
        if (::write(ends[1], answer.data(), answer.size()) < 0) ::_exit(3);
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string answer;
    std::array<char, 4096> part{};
    pollfd ready{ends[0], POLLIN, 0};
    bool hangs = false;
    while (true) {
        if (::poll(&ready, 1, patience_ms) == 0) {
            hangs = true;
            break;
        }
        const ssize_t got = ::read(ends[0], part.data(), part.size());
        if (got <= 0) break;
        answer.append(part.data(), static_cast<std::size_t>(got));
    }
    ::kill(-host, SIGKILL);
    ::kill(host, SIGKILL);
    int status = 0;
    ::waitpid(host, &status, 0);
    ::close(ends[0]);
    if (!answer.empty()) return answer;
    if (hangs) return "the host: hangs";
    if (WIFSIGNALED(status)) return "the host: signal " + std::to_string(WTERMSIG(status));
    return "the host: status " + std::to_string(WEXITSTATUS(status));
}

} // namespace mortise::host
