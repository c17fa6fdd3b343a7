#include "report.hpp"

#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <sqlite3.h>
#include <sstream>
#include <thread>
#include <unistd.h>

namespace mortise::bench {

namespace {

/// With three digits, and as many zeros as it needs.
std::string figure(double value)
{
    char text[64];
    const int digits = value <= 0 ? 1 : std::max(0, 2 - static_cast<int>(std::floor(std::log10(value))));
    std::snprintf(text, sizeof text, "%.*f", std::min(digits, 4), value);
    return text;
}

std::string first_value(const char* file, const std::string& key)
{
    std::ifstream lines{file};
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(key)) return line.substr(line.find(':') + 2);
    return "unknown";
}

std::string machine()
{
    std::ostringstream text;
    const double gigabytes = static_cast<double>(::sysconf(_SC_PHYS_PAGES))
        * static_cast<double>(::sysconf(_SC_PAGE_SIZE)) / (1 << 30);
    text << std::thread::hardware_concurrency() << " processors ("
         << first_value("/proc/cpuinfo", "model name") << "), " << std::lround(gigabytes)
         << " GB of memory, SQLite " << sqlite3_libversion() << ", g++ " << __GNUC__ << '.' << __GNUC_MINOR__;
    return text.str();
}

std::string today()
{
    char text[32];
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
    return text;
}

std::string load()
{
    std::ifstream file{"/proc/loadavg"};
    std::string first;
    file >> first;
    return first;
}

} // namespace

void print_heading()
{
    std::printf("%-26s %10s %10s  %-11s %6s %8s\n", "path", "ours", "limit", "unit", "ratio", "goal");
}

void print_row(const Row& row)
{
    std::printf(
        "%-26s %10s %10s  %-11s %6.2f %s%6.2f  %-6s %s\n",
        row.name.c_str(),
        figure(row.ours).c_str(),
        figure(row.limit).c_str(),
        row.unit.c_str(),
        row.ratio(),
        row.better == Better::higher ? ">=" : "<=",
        row.goal,
        row.ok() ? "ok" : "MISSED",
        row.note.c_str()
    );
    std::fflush(stdout);
}

void print_json(const std::vector<Row>& rows)
{
    std::puts("[");
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Row& row = rows[i];
        std::printf(
            R"(  {"name": "%s", "ours": %.3f, "limit": %.3f, "unit": "%s", "ratio": %.3f, "goal": %.2f, "ok": %s, "note": "%s"}%s)",
            row.name.c_str(),
            row.ours,
            row.limit,
            row.unit.c_str(),
            row.ratio(),
            row.goal,
            row.ok() ? "true" : "false",
            row.note.c_str(),
            i + 1 < rows.size() ? ",\n" : "\n"
        );
    }
    std::puts("]");
}

bool record(const std::filesystem::path& page, const std::vector<Row>& rows, const std::string& command)
{
    constexpr std::string_view begin = "<!-- bench:begin -->\n";
    constexpr std::string_view end = "<!-- bench:end -->";
    std::ifstream file{page};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    const std::size_t from = text.find(begin);
    const std::size_t to = text.find(end);
    if (from == std::string::npos || to == std::string::npos || to < from) return false;
    std::ostringstream table;
    table
        << "\n`" << command << "`, " << today() << ": " << machine() << "; load when it ended: " << load()
        << ".\n\n| path | ours | limit | unit | ratio | goal | | what |\n|---|---|---|---|---|---|---|---|\n";
    for (const Row& row : rows) {
        char ratio[32];
        std::snprintf(ratio, sizeof ratio, "%.2f", row.ratio());
        table << "| " << row.name << " | " << figure(row.ours) << " | " << figure(row.limit) << " | "
              << row.unit << " | " << ratio << " | " << (row.better == Better::higher ? ">= " : "<= ")
              << figure(row.goal) << " | " << (row.ok() ? "ok" : "**missed**") << " | " << row.note << " |\n";
    }
    text.replace(from + begin.size(), to - from - begin.size(), table.str() + '\n');
    std::ofstream out{page};
    out << text;
    return out.good();
}

} // namespace mortise::bench
