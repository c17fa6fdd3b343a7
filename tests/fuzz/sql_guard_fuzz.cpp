// Hostile SQL against the guard. An input is a statement; its first byte chooses the views. Whatever it is:
//   - nothing that is hidden comes out: neither the canary, nor any difference between two houses that differ
//   in hidden
//     rows and columns alone;
//   - no file of either house changes, and none appears;
//   - a statement is stopped soon after its time;
//   - the guard cuts text into tokens as SQLite does: after its rewriting no operator || is left.

#include "base/text.hpp"
#include "store/guard/statement_text.hpp"
#include "store/tests/guard_corpus.hpp"
#include "store/tests/guard_house.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>
#include <string>
#include <string_view>

/// There when libFuzzer drives the target; null when saved inputs are replayed.
extern "C" [[gnu::weak]] std::size_t
LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t capacity);

namespace mortise::host::test {
namespace {

constexpr std::chrono::milliseconds time_of_a_query{50};
constexpr std::chrono::milliseconds grace{2000}; // for sanitizers, and machines that do something else too

[[noreturn]] void report(std::string_view what, std::string_view sql, std::string_view answer = {})
{
    std::cerr << what << "\n--- statement\n" << sql << "\n--- answer\n" << answer.substr(0, 2000) << '\n';
    std::abort();
}

/// The house without hidden rows, a house full of them, and views of the second that nothing guards.
class Target {
public:
    Target()
    {
        must(m_full.database->writer().execute(
            "UPDATE \"mt$contact\" SET secret = 'CANARY-5f3a'; INSERT INTO \"mt$setting\" VALUES('key', "
            "'CANARY-5f3a');"
            "INSERT INTO \"mt$contact\"(id, family, email, owner) VALUES(99, 'CANARY-5f3a', 'CANARY-5f3a', 2)"
        ));
        for (const GuardedView& view : guarded_views(false).views)
            must(m_unguarded->execute("CREATE TEMP VIEW " + view.name + " AS " + view.select));
        m_files = files();
    }

    void try_statement(std::uint8_t choice, std::string_view sql)
    {
        const ViewSet& views = m_views[choice % std::size(m_views)];
        const auto start = std::chrono::steady_clock::now();
        const std::string full = m_full.ask(views, sql, m_limits);
        if (std::chrono::steady_clock::now() - start > time_of_a_query + grace)
            report("it ran too long", sql, full);
        if (full.find(canary) != std::string::npos && !contains_canary(sql))
            report("a secret came out", sql, full);
        const std::string empty = m_empty.ask(views, sql, m_limits);
        if (full != empty && is_comparable(sql, full) && is_comparable(sql, empty))
            report("what is hidden shows", sql, full + "\n--- but without hidden rows\n" + empty);
        check_tokens(sql);
        if (++m_count % 64 == 0 && files() != m_files) report("the files changed", sql);
    }

private:
    static bool contains_canary(std::string_view sql)
    {
        return ascii_lower(sql).find("canary") != std::string::npos;
    }

    /// Chance and the clock may tell two runs apart.
    static bool is_comparable(std::string_view sql, std::string_view answer)
    {
        return ascii_lower(sql).find("gen_random_uuid") == std::string::npos
            && answer.find("error query.timeout") == std::string_view::npos
            && answer.find("error query.too_large") == std::string_view::npos;
    }

    std::string files() const
    {
        std::string list;
        for (const House* house : {&m_full, &m_empty})
            for (const auto& entry :
                 std::filesystem::directory_iterator{house->database->file().parent_path()})
                if (entry.path().extension() == ".db")
                    list += entry.path().string() + ' ' + std::to_string(entry.file_size()) + ' '
                        + std::to_string(entry.last_write_time().time_since_epoch().count()) + '\n';
        return list + (std::filesystem::exists("stolen.db") ? "stolen" : "");
    }

    void check_tokens(std::string_view sql)
    {
        const auto checked = checked_text(sql, {}, {});
        if (!checked) return;
        auto program = m_unguarded->prepare("EXPLAIN " + checked->text);
        if (!program) return;
        while (true) {
            const auto row = program->step();
            if (!row || !*row) return;
            if (program->text(1) == "Concat") report("an operator || is left", sql, checked->text);
        }
    }

    std::unique_ptr<Connection> open_unguarded() const
    {
        auto connection = take(Connection::open(m_full.database->reader_settings()));
        must(connection->execute("PRAGMA query_only = OFF"));
        return connection;
    }

    House m_full{"", 3};
    House m_empty{"", 0};
    std::unique_ptr<Connection> m_unguarded{open_unguarded()};
    ViewSet m_views[2]{guarded_views(), past_views()};
    QueryLimits m_limits{.time = time_of_a_query, .rows = 2000, .temporary_bytes = 16 << 20};
    std::string m_files;
    std::uint64_t m_count{0};
};

Target& target()
{
    static Target the_target;
    return the_target;
}

/// One of the known statements, or a piece of one between two blanks.
std::string piece(std::minstd_rand& random)
{
    const std::size_t all = legitimate_statements.size() + attacking_statements.size();
    const std::size_t chosen = random() % all;
    const std::string_view statement = chosen < legitimate_statements.size()
        ? legitimate_statements[chosen]
        : attacking_statements[chosen - legitimate_statements.size()];
    if (random() % 4 == 0) return std::string{statement};
    const std::size_t from = statement.find_last_of(' ', random() % statement.size());
    const std::size_t begin = from == std::string_view::npos ? 0 : from + 1;
    std::size_t end = begin;
    for (std::size_t words = 1 + random() % 6; words > 0 && end != std::string_view::npos; --words)
        end = statement.find(' ', end + 1);
    return std::string{statement.substr(begin, end == std::string_view::npos ? end : end - begin)};
}

} // namespace
} // namespace mortise::host::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2 || size > 20'000) return 0;
    mortise::host::test::target().try_statement(data[0], {reinterpret_cast<const char*>(data) + 1, size - 1});
    return 0;
}

/// Puts a piece of a known statement in the place of a few words, which finds more than changing bytes alone.
extern "C" std::size_t
LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t capacity, unsigned int seed)
{
    std::minstd_rand random{seed};
    if (size < 2 || random() % 4 == 0) return LLVMFuzzerMutate(data, size, capacity);
    std::string text{reinterpret_cast<const char*>(data), size};
    const auto blank = [&](std::size_t from) {
        const std::size_t found = text.find(' ', from);
        return found == std::string::npos ? text.size() : found;
    };
    const std::size_t begin = blank(1 + random() % (text.size() - 1));
    std::size_t end = begin;
    for (std::size_t words = random() % 4; words > 0; --words)
        end = blank(std::min(end + 1, text.size()));
    text.replace(begin, end - begin, " " + mortise::host::test::piece(random));
    const std::size_t length = std::min(text.size(), capacity);
    std::copy_n(text.begin(), length, data);
    return length;
}
