// Does harm where it can, as the tests ask for it.
#include "acts.hpp"

#include <mortise/abi/mortise.h>
#include <mortise/plugin.hpp>

#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

class Hostile : public mortise::Plugin {
public:
    explicit Hostile(mortise::Host given) : Plugin(std::move(given))
    {
        on("own", [this](const mortise::Event&, mortise::Work& work) {
            ++m_handled;
            if (m_cycles) work.publish("hostile.happened", {});
        });
        command(
            "hostile.do",
            [this](const mortise::Arguments& arguments, mortise::Work& work) -> mortise::Value {
                return act(
                    std::string{arguments["what"].text()}, std::string{arguments["target"].text()}, work
                );
            }
        );
    }

private:
    mortise::Value act(const std::string& what, const std::string& target, mortise::Work& work)
    {
        if (what == "handled") return m_handled;
        if (what == "fine") return "done";
        if (what == "storm") return storm();
        if (what == "cycle") {
            m_cycles = true;
            work.publish("hostile.happened", {});
            return "done";
        }
        if (what == "forged identity") return forged();
        if (what == "forged unit") return forged_unit();
        if (what == "null pointers") return null_pointers();
        if (what == "huge text") return text_of_size(std::uint64_t{2} << 30U);
        if (what == "endless text") return text_of_size(~std::uint64_t{0});
        if (what == "broken text") return say("contact\xff");
        if (what == "text with nul") return say(std::string_view{"con\0tact", 8});
        if (what == "other thread") return from_thread();
        if (what == "calls itself") return said(host().call("hostile.do", {{"what", "fine"}}));
        if (what == "writes without right") {
            work.create("contact", {{"name", "sneaked in"}});
            return "staged";
        }
        if (what == "sql") return sql();
        const std::size_t comma = target.find(',');
        const hostile::Target aim{
            target.substr(0, comma), std::strtol(target.c_str() + comma + 1, nullptr, 10)
        };
        for (std::string answer :
             {hostile::crash(what),
              hostile::exhaust(what),
              hostile::reach(what, aim),
              hostile::talk_nonsense(what)})
            if (!answer.empty()) return answer;
        return "there is no such act: " + what;
    }

    template <class T>
    static std::string said(const mortise::Result<T>& result)
    {
        return result ? "done" : std::string{mortise::name(result.error().code)};
    }
    static std::string status_text(mortise_status status)
    {
        return status < 0 ? std::string{mortise::name(mortise::error_code(status))} : "done";
    }
    mortise_self self() const { return host().tables().self; }
    const mortise_records* records() const { return host().tables().records; }

    /// Events faster than anybody could take them.
    std::string storm()
    {
        for (int i = 0; i < 100'000; ++i)
            if (const auto published = host().publish("hostile.happened", {}, {}); !published)
                return std::string{mortise::name(published.error().code)};
        return "done";
    }

    std::string forged() const
    {
        std::mt19937_64 random{1};
        for (int i = 0; i < 2000; ++i) {
            // Near misses, other slots, old generations, and any number.
            const mortise_self numbers[]{random(), self() + 1, self() ^ (std::uint64_t{1} << (i % 64)), 0};
            const mortise_self number = numbers[i % 4];
            std::uint64_t first = 0;
            if (number != self() && records()->reserve(number, 1, &first, nullptr) >= 0) return "done";
        }
        return "refused";
    }

    std::string forged_unit() const
    {
        std::mt19937_64 random{2};
        mortise_unit unit{};
        unit.size = sizeof unit;
        std::uint64_t stale = 0;
        if (records()->begin(self(), &unit, &stale, nullptr) < 0) return "no unit";
        records()->abandon(self(), stale, nullptr);
        for (int i = 0; i < 1000; ++i) {
            const std::uint64_t number = i % 2 == 0 ? stale : random();
            if (records()->abandon(self(), number, nullptr) >= 0) return "done";
            if (records()->commit(self(), number, nullptr, nullptr) >= 0) return "done";
        }
        return "refused";
    }

    std::string null_pointers() const
    {
        const std::vector<mortise_status> answers{
            records()->reserve(self(), 1, nullptr, nullptr),
            records()->begin(self(), nullptr, nullptr, nullptr),
            records()->stage(self(), 1, nullptr, 3, nullptr),
            records()->get(self(), {nullptr, 7}, nullptr, 1, {nullptr, 8}, {}, nullptr),
        };
        for (const mortise_status answer : answers)
            if (answer >= 0) return "done";
        return "refused";
    }

    std::string say(std::string_view type) const { return get({type.data(), type.size()}); }
    std::string text_of_size(std::uint64_t size) const { return get({"contact", size}); }
    std::string get(mortise_text type) const
    {
        const std::uint64_t id = 1;
        const mortise_sink nowhere{nullptr, [](void*, mortise_tree) noexcept -> mortise_status {
                                       return MORTISE_OK;
                                   }};
        return status_text(records()->get(self(), type, &id, 1, {nullptr, 0}, nowhere, nullptr));
    }

    std::string from_thread() const
    {
        std::string answer;
        std::thread{[&] {
            std::uint64_t first = 0;
            answer = status_text(records()->reserve(self(), 1, &first, nullptr));
        }}.join();
        return answer;
    }

    /// The statements that the host took; none of them may pass.
    mortise::Value sql()
    {
        static constexpr const char* statements[]{
            "ATTACH '/tmp/x.db' AS x",
            "DETACH main",
            "VACUUM",
            "VACUUM INTO '/tmp/hostile-copy.db'",
            "PRAGMA journal_mode = DELETE",
            "PRAGMA writable_schema = 1",
            "PRAGMA table_info(contact)",
            "SELECT * FROM pragma_database_list",
            "SELECT * FROM sqlite_master",
            "SELECT sql FROM sqlite_schema",
            "CREATE TABLE t (a)",
            "CREATE TEMP TABLE t (a)",
            "CREATE TRIGGER t AFTER INSERT ON contact BEGIN SELECT 1; END",
            "CREATE VIEW v AS SELECT 1",
            "DROP TABLE contact",
            "DELETE FROM contact",
            "UPDATE contact SET name = 'x'",
            "INSERT INTO contact (name) VALUES ('x')",
            "REPLACE INTO contact (name) VALUES ('x')",
            "BEGIN",
            "COMMIT",
            "SAVEPOINT s",
            "ANALYZE",
            "REINDEX",
            "DROP VIEW IF EXISTS v",
            "EXPLAIN DELETE FROM contact",
            "SELECT load_extension('/tmp/x.so')",
            "SELECT readfile('/etc/passwd')",
            "SELECT writefile('/tmp/x', 'y')",
            "SELECT fts3_tokenizer('simple')",
            "SELECT * FROM \"mt$secret\"",
            "SELECT * FROM \"mt$setting\"",
            "SELECT * FROM main.\"mt$plugin\"",
            "SELECT * FROM dbstat",
            "SELECT 1; DELETE FROM contact",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
            "SELECT zeroblob(2000000000)",
            "SELECT printf('%.*c', 2000000000, 'x')",
        };
        mortise::List accepted;
        for (const char* statement : statements)
            if (host().query(statement)) accepted.emplace_back(statement);
        if (accepted.empty()) return "refused";
        return accepted;
    }

    std::int64_t m_handled{0};
    bool m_cycles{false};
};

} // namespace

MORTISE_PLUGIN(Hostile)
