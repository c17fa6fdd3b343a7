#pragma once

/// \file
/// A host that asks the plugins of the matrix, and the golden ones of former releases, for everything that
/// they can do, and writes down what came of it; and who looks on which functions of the contract were
/// called.

#include "base/json.hpp"
#include "net/tests/test_server.hpp"
#include "plugins/call_observer.hpp"
#include "plugins/package/package_writer.hpp"
#include "plugins/tests/plugins_fixture.hpp"

#include <algorithm>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <type_traits>
#include <unistd.h>

namespace mortise::host {

inline std::vector<std::string> split_list(std::string_view text)
{
    std::vector<std::string> items;
    std::istringstream stream{std::string{text}};
    for (std::string item; std::getline(stream, item, ',');)
        if (!item.empty()) items.push_back(item);
    return items;
}

/// The names of the plugins of the matrix that were built.
inline std::vector<std::string> matrix()
{
    return split_list(MORTISE_ABI_NAMES);
}

inline std::string read_file(const std::filesystem::path& file)
{
    std::ostringstream text;
    text << std::ifstream{file}.rdbuf();
    return text.str();
}

inline std::string recorded_trace(const std::string& release)
{
    return read_file(std::filesystem::path{MORTISE_ABI_SOURCE} / "golden" / release / "trace.txt");
}

/// Takes the plugin's own name out of a text, so that the traces of all can be compared.
inline std::string without_name(std::string text, const std::string& name)
{
    for (std::size_t at = 0; (at = text.find(name, at)) != text.npos;)
        text.replace(at, name.size(), "NAME");
    return text;
}

inline std::string spell(const Error& error)
{
    return std::string{name(error.code)} + " key=" + error.key + " where=" + error.where + ": "
        + error.message;
}

inline std::string spell(const Result<Value>& answer)
{
    return answer ? json_text(*answer) : spell(answer.error());
}

/// Keeps which functions each plugin has called, or was called with, with success.
class SuccessfulCalls : public CallObserver {
public:
    std::optional<Error> before(const ObservedCall&) noexcept override { return {}; }
    void after(const ObservedCall& call, const Error* error) noexcept override
    {
        if (error) return;
        const std::scoped_lock lock{m_mutex};
        m_called[std::string{call.plugin}].insert(info(call.function).name);
    }
    std::set<std::string_view> of(const std::string& plugin) const
    {
        const std::scoped_lock lock{m_mutex};
        const auto found = m_called.find(plugin);
        return found == m_called.end() ? std::set<std::string_view>{} : found->second;
    }

private:
    mutable std::mutex m_mutex;
    std::map<std::string, std::set<std::string_view>> m_called;
};

class TraceTest : public PluginsTest {
protected:
    TraceTest() { m_observer = &m_calls; }

    void SetUp() override
    {
        PluginsTest::SetUp();
        m_authority.write(m_folder / "ca.pem");
        ASSERT_TRUE(create("purpose", {{"name", "newsletter"}, {"legal_basis", "consent"}}));
    }

    /// Installs a plugin as people do, from a package, and enables it.
    void enable_package(const std::filesystem::path& folder, const std::string& name)
    {
        const auto installed = with_package(folder, name, "1.0.0", [&](int package) {
            return m_plugins->install(package, {.allow_unsigned = true});
        });
        ASSERT_TRUE(installed) << spell(installed.error());
        const auto placed
            = m_plugins->isolate("com.test." + name, m_isolated); // installed ones are otherwise
        ASSERT_TRUE(placed) << spell(placed.error());
        enable_installed(name);
    }
    /// Leaves nothing of it.
    void remove_package(const std::string& name)
    {
        const std::string id = "com.test." + name;
        ASSERT_TRUE(m_plugins->disable(id));
        EXPECT_TRUE(status(name).pinned.empty());
        const auto removed = m_plugins->remove(id, {.purge = true});
        ASSERT_TRUE(removed) << spell(removed.error());
    }

    /// Everything that a plugin can be asked for, and what came of it. In the end it has another version.
    std::string trace(const std::filesystem::path& folder, const std::string& name)
    {
        const std::string id = "com.test." + name;
        std::ostringstream out;
        const auto ask = [&](std::initializer_list<const char*> steps, Map more = {}) {
            for (const char* what : steps) {
                Map arguments = more;
                arguments.set("what", what);
                out << what << ' ' << spell(call(name + ".do", arguments)) << '\n';
            }
        };
        out << "echo " << spell(call(name + ".echo", every_kind())) << '\n';
        ask({"nothing", "refuse", "busy", "throw", "query", "create", "query", "greeting", "thread"});
        ask({"context", "now", "zone", "log", "secret", "units", "file", "things", "named", "job", "later"});
        out << "hook " << hooked("refuse " + name) << '\n' << "hook " << hooked("amend " + name) << '\n';
        out << "hook " << hooked("look " + name) << '\n';
        EXPECT_TRUE(m_plugins->set_setting(id, "password", "open sesame"));
        EXPECT_TRUE(m_plugins->set_setting(id, "server", "localhost"));
        EXPECT_TRUE(m_plugins->set_setting(id, "net.authorities", (m_folder / "ca.pem").native()));
        EXPECT_TRUE(m_plugins->set_setting(id, "greeting", "gr\u00fcezi"));
        ask({"greeting", "settings", "secret"});
        out << "hook " << hooked("amend " + name) << '\n';
        out << "handler " << handled("handle " + name) << '\n';
        ask({"publish", "post"});
        EXPECT_TRUE(settle() && m_plugins->settle(patience)); // events, then answers
        ask({"heard", "answers"});
        ask_for_consent(ask, name);
        run_jobs(ask, id, out);
        const auto upgraded = with_package(folder, name, "1.1.0", [&](int package) {
            return m_plugins->upgrade(package, {.allow_unsigned = true});
        });
        out << "upgraded " << (upgraded ? upgraded->from + " to " + upgraded->to : spell(upgraded.error()))
            << '\n';
        ask({"named", "greeting"});
        const auto lines = m_plugins->logs(id, 100);
        if (lines)
            for (const LogLine& line : *lines)
                if (!line.from_host)
                    out << "log " << name_of(line.level) << ' ' << line.key << ' ' << line.message << ' '
                        << json_text(line.fields) << '\n';
        return without_name(out.str(), name);
    }

    SuccessfulCalls m_calls;

private:
    static Map every_kind()
    {
        return Map{
            {"null", {}},
            {"bool", true},
            {"int", std::int64_t{-7}},
            {"double", 2.5},
            {"decimal", Decimal{1230, 2}},
            {"money", Money{1999, 840, 2}},
            {"text", "Gr\u00fc\u00df \U0001F642"},
            {"instant", Instant{1'767'225'600'000'001}},
            {"date", Date{20'000}},
            {"time", TimeOfDay{30'600'000'000}},
            {"duration", Duration{-1}},
            {"id", Id{4'611'686'018'427'387'904}},
            {"list", List{1, "two", List{}, Map{{"deep", List{Map{}}}}}},
            {"empty", ""},
        };
    }

    Result<Commit> create(const char* type, Map values)
    {
        return change(
            {.operation = Operation::create,
             .type = type,
             .id = {},
             .version = {},
             .values = std::move(values)}
        );
    }

    /// Hands over a package of the plugin in `folder`, which says that it is of `version`.
    template <class Use>
    std::invoke_result_t<Use&, int> with_package(
        const std::filesystem::path& folder, const std::string& name, const std::string& version, Use use
    )
    {
        namespace fs = std::filesystem;
        const fs::path copy = m_folder / "built" / (name + '-' + version);
        fs::create_directories(copy.parent_path());
        fs::copy(folder, copy);
        std::string manifest = read_file(copy / "plugin.json");
        const std::string written = R"("version": "1.0.0")";
        manifest.replace(manifest.find(written), written.size(), R"("version": ")" + version + '"');
        fs::permissions(copy / "plugin.json", fs::perms::owner_write, fs::perm_options::add);
        std::ofstream{copy / "plugin.json"} << manifest;
        const fs::path file = copy.string() + ".mortise";
        const auto made = write_package(*package_files_in(copy), file);
        EXPECT_TRUE(made) << spell(made.error());
        const int package = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
        auto result = use(package);
        ::close(package);
        fs::remove_all(copy);
        return result;
    }

    std::string hooked(const std::string& contact)
    {
        const auto made = create_contact(contact);
        return made ? json_text(field(made->ids[0], "nickname")) : spell(made.error());
    }
    std::string handled(const std::string& contact)
    {
        const auto made = create_contact(contact);
        if (!made) return spell(made.error());
        if (!settle()) return "the handlers did not settle";
        return json_text(field(made->ids[0], "nickname"));
    }

    /// Of somebody who has not agreed, and then has.
    template <class Ask>
    void ask_for_consent(Ask& ask, const std::string& name)
    {
        const Id contact = create_contact("Anna of " + name)->ids.front();
        const auto point = create(
            "contact_point",
            {{"contact", contact}, {"kind", "email"}, {"value", "anna@" + name + ".example.com"}}
        );
        ASSERT_TRUE(point) << spell(point.error());
        const Map both{{"contact", contact.number}, {"point", point->ids.front().number}};
        ask({"call", "consent"}, both);
        must("consents.give", {{"contact", contact.number}, {"purpose", "newsletter"}});
        ask({"consent"}, both);
    }

    /// One that ends when it is told to, one that talks to a server, and what became of all so far.
    template <class Ask>
    void run_jobs(Ask& ask, const std::string& id, std::ostream& out)
    {
        ask({"endless"});
        EXPECT_TRUE(eventually([&] {
            const auto jobs = m_jobs->list(id, 100);
            return jobs && std::ranges::any_of(*jobs, [](const Job& job) {
                       return job.state == JobState::running && job.doing == "going round";
                   });
        }));
        ask({"cancel"});
        ask({"talk"}, {{"port", static_cast<std::int64_t>(m_server.port())}});
        EXPECT_TRUE(eventually([&] {
            const auto jobs = m_jobs->list(id, 100);
            return jobs && std::ranges::none_of(*jobs, [](const Job& job) {
                       return job.state == JobState::waiting || job.state == JobState::running;
                   });
        })) << "not all jobs have ended";
        auto jobs = *m_jobs->list(id, 100);
        std::ranges::sort(jobs, {}, [](const Job& job) { return job.draft.id; });
        for (const Job& job : jobs)
            out << "job " << job.draft.name << ' ' << name_of(job.state) << ' ' << json_text(job.result)
                << ' ' << job.error << '\n';
    }

    void serve(TestPeer& peer) const
    {
        for (std::string said = peer.read(); !said.empty(); said = peer.read()) {
            const bool is_asked = said == "encrypt";
            peer.write(is_asked ? "go ahead" : "you said " + said);
            if (is_asked && !peer.start_tls(m_identity)) return;
        }
    }

    TestAuthority m_authority;
    const TestAuthority::Server m_identity{m_authority.issue("DNS:localhost")};
    const TestServer m_server{[this](TestPeer& peer) { serve(peer); }};
};

} // namespace mortise::host
