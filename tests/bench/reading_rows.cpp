// Rows about reading: a plugin through the contract, against prepared statements of bare SQLite on the same
// file.

#include "bench.hpp"
#include "house.hpp"

#include <functional>
#include <random>
#include <sqlite3.h>

namespace mortise::bench {

namespace {

using namespace mortise::host;

constexpr int rounds = 5; ///< the median counts

/// One statement of bare SQLite on the host's file.
class RawSelect {
public:
    RawSelect(const std::filesystem::path& file, const std::string& sql)
    {
        sqlite3_open_v2(file.c_str(), &m_database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
        sqlite3_exec(m_database, "PRAGMA mmap_size = 1073741824", nullptr, nullptr, nullptr);
        if (sqlite3_prepare_v2(m_database, sql.c_str(), -1, &m_select, nullptr) != SQLITE_OK)
            give_up(sql + ": " + sqlite3_errmsg(m_database));
    }
    RawSelect(const RawSelect&) = delete;
    RawSelect& operator=(const RawSelect&) = delete;
    ~RawSelect()
    {
        sqlite3_finalize(m_select);
        sqlite3_close(m_database);
    }

    void bind(std::int64_t value) { sqlite3_bind_int64(m_select, 1, value); }
    void bind(const std::string& value)
    {
        sqlite3_bind_text(m_select, 1, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
    }
    /// Steps to the end and looks at every value; returns the number of rows.
    std::size_t run()
    {
        std::size_t rows = 0;
        const int columns = sqlite3_column_count(m_select);
        for (; sqlite3_step(m_select) == SQLITE_ROW; ++rows)
            for (int i = 0; i < columns; ++i)
                if (sqlite3_column_type(m_select, i) == SQLITE_TEXT) {
                    m_seen += reinterpret_cast<std::uintptr_t>(sqlite3_column_text(m_select, i));
                    m_seen += static_cast<std::size_t>(sqlite3_column_bytes(m_select, i));
                } else
                    m_seen += static_cast<std::size_t>(sqlite3_column_int64(m_select, i));
        sqlite3_reset(m_select);
        return rows;
    }

private:
    sqlite3* m_database{nullptr};
    sqlite3_stmt* m_select{nullptr};
    std::size_t m_seen{0};
};

struct Measured {
    double seconds{0};
    std::size_t found{0};
};

Measured by_plugin(PluginHouse& house, const std::string& command, const Map& arguments)
{
    const Value answer = house.call(command, arguments);
    return {answer["seconds"].get_or(0.0), static_cast<std::size_t>(answer["found"].get_or<std::int64_t>(0))};
}

template <class Keys>
Measured by_raw(const std::filesystem::path& file, const std::string& sql, const Keys& keys)
{
    RawSelect select{file, sql};
    Measured measured;
    const Stopwatch watch;
    for (const auto& key : keys) {
        select.bind(key);
        measured.found += select.run();
    }
    measured.seconds = watch.seconds();
    return measured;
}

/// Takes both sides in turn, so that a busy moment meets both, and compares the medians.
void compare(
    Rows& rows,
    Row row,
    std::size_t reads,
    const std::function<Measured()>& ours,
    const std::function<Measured()>& raw
)
{
    std::vector<double> of_ours;
    std::vector<double> of_raw;
    for (int round = 0; round <= rounds; ++round) {
        const Measured one = ours();
        const Measured other = raw();
        if (one.found != other.found || one.found == 0)
            give_up(
                row.name + ": we found " + std::to_string(one.found) + ", raw SQLite "
                + std::to_string(other.found)
            );
        if (round == 0) continue; // caches
        of_ours.push_back(one.seconds);
        of_raw.push_back(other.seconds);
    }
    const double scale = 1e6 / static_cast<double>(reads);
    row.ours = median(of_ours) * scale;
    row.limit = median(of_raw) * scale;
    rows.add(std::move(row));
}

std::string with_columns(const Records& records, const std::string& rest)
{
    const TypePointer contact = records.schema()->find("contact");
    return contact->sql.select + rest;
}

void single_reads(PluginHouse& house, const Options& options, Rows& rows, const std::vector<Id>& ids)
{
    const std::size_t reads = options.size(200, 5000, 5000);
    std::mt19937 random{7};
    std::vector<std::int64_t> numbers;
    std::vector<std::string> emails;
    List number_list;
    List email_list;
    for (std::size_t i = 0; i < reads; ++i) {
        const std::size_t at = random() % ids.size();
        numbers.push_back(ids[at].number);
        number_list.emplace_back(numbers.back());
        emails.push_back(sample_email(at));
        email_list.emplace_back(emails.back());
    }
    const std::string note = std::to_string(ids.size()) + " contacts, all fields, one by one";
    const auto file = house.database();
    if (options.wants("read_by_id"))
        compare(
            rows,
            {.name = "read_by_id", .unit = "us", .goal = 1.5, .better = Better::lower, .note = note},
            reads,
            [&] { return by_plugin(house, "bench.get", {{"ids", number_list}}); },
            [&] { return by_raw(file, with_columns(house.host().records(), " WHERE id = ?"), numbers); }
        );
    if (options.wants("read_by_email"))
        compare(
            rows,
            {.name = "read_by_email", .unit = "us", .goal = 1.5, .better = Better::lower, .note = note},
            reads,
            [&] { return by_plugin(house, "bench.find", {{"emails", email_list}}); },
            [&] {
                return by_raw(
                    file,
                    with_columns(house.host().records(), " WHERE email = ? AND deleted_at IS NULL"),
                    emails
                );
            }
        );
}

/// 50 contacts of one country in the order of their names, from the front to the far end.
void pages(PluginHouse& house, const Options& options, Rows& rows, std::size_t contacts)
{
    if (!options.wants("page_of_50")) return;
    const std::size_t reads = options.size(20, 500, 500);
    std::vector<std::string> names;
    List name_list;
    for (std::size_t i = 0; i < reads; ++i) {
        const Map contact = sample_contact(i * (contacts / reads + 1) % contacts);
        names.push_back(std::string{contact["given_name"].text()});
        name_list.emplace_back(names.back());
    }
    const std::string columns = "SELECT id, name, email, country FROM ";
    const std::string order = " ORDER BY name, id LIMIT 50";
    compare(
        rows,
        {.name = "page_of_50",
         .unit = "us",
         .goal = 1.5,
         .better = Better::lower,
         .note = std::to_string(contacts) + " contacts, filtered, sorted, at any depth"},
        reads,
        [&] {
            return by_plugin(
                house,
                "bench.pages",
                {{"sql", columns + "contact WHERE country = 'Austria' AND name > :name" + order},
                 {"names", name_list}}
            );
        },
        [&] {
            return by_raw(
                house.database(),
                columns + "\"mt$contact\" WHERE country = 'Austria' AND deleted_at IS NULL AND name > ?"
                    + order,
                names
            );
        }
    );
}

void scan(PluginHouse& house, const Options& options, Rows& rows, std::size_t contacts)
{
    if (!options.wants("query_in_batches")) return;
    // A plugin's query may have a million rows: more are read in several.
    const std::size_t wanted = options.size(20'000, 1'000'000, 100'000'000);
    const std::size_t times = std::min<std::size_t>(wanted, 1'000'000) / contacts;
    const std::size_t queries = wanted / (times * contacts);
    const std::string numbers
        = "WITH RECURSIVE times(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM times WHERE n < "
        + std::to_string(times)
        + ") SELECT c.id, c.name, c.email, c.country, c.created_at, c.version FROM times, ";
    compare(
        rows,
        {.name = "query_in_batches",
         .unit = "us",
         .goal = 1.5,
         .better = Better::lower,
         .note = std::to_string(wanted) + " rows of 6 columns, each row"},
        wanted,
        [&] {
            Measured all;
            for (std::size_t i = 0; i < queries; ++i) {
                const Measured one = by_plugin(house, "bench.scan", {{"sql", numbers + "contact c"}});
                all.seconds += one.seconds;
                all.found += one.found;
            }
            return all;
        },
        [&] {
            return by_raw(
                house.database(),
                numbers + "\"mt$contact\" c WHERE c.deleted_at IS NULL AND ? IS NOT NULL",
                std::vector<std::int64_t>(queries, 1)
            );
        }
    );
}

} // namespace

void reading_rows(const Options& options, Rows& rows)
{
    if (!options.wants("read_by_") && !options.wants("page_of_50") && !options.wants("query_in_batches"))
        return;
    PluginHouse house{{"reader"}};
    const std::vector<Id> ids = fill(house.host().records(), options.size(2000, 100'000, 1'000'000));
    single_reads(house, options, rows, ids);
    pages(house, options, rows, ids.size());
    scan(house, options, rows, ids.size());
}

} // namespace mortise::bench
