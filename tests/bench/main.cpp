// The bench: each hot path beside its limit, in the same run. See README.md.

#include "bench.hpp"

#include <cstdio>
#include <string_view>

namespace {

using mortise::bench::Row;

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

void print_table(const std::vector<Row>& rows)
{
    std::printf("%-28s %12s %12s  %-11s %6s %8s  %s\n", "path", "ours", "limit", "unit", "ratio", "goal", "");
    for (const Row& row : rows)
        std::printf(
            "%-28s %12.1f %12.1f  %-11s %6.2f %s%6.2f  %-6s %s\n",
            row.name.c_str(),
            row.ours,
            row.limit,
            row.unit.c_str(),
            row.ratio(),
            row.better == mortise::bench::Better::higher ? ">=" : "<=",
            row.goal,
            row.ok() ? "ok" : "MISSED",
            row.note.c_str()
        );
}

} // namespace

int main(int argc, char** argv)
{
    mortise::bench::Options options;
    bool json = false;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument == "--json")
            json = true;
        else if (argument == "--quick")
            options.quick = true;
        else if (argument.starts_with("-")) {
            std::fprintf(stderr, "usage: mortise-bench [--json] [--quick] [NAME]\n");
            return 2;
        } else
            options.only = argument;
    }
    const std::vector<Row> rows = mortise::bench::contact_rows(options);
    json ? print_json(rows) : print_table(rows);
    return 0;
}
