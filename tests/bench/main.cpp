// The bench: each hot path beside its limit, in the same run. See README.md.

#include "bench.hpp"
#include "report.hpp"

#include <cstdio>
#include <string_view>

namespace {

using namespace mortise::bench;

constexpr const char* usage
    = "usage: mortise-bench [--quick | --full] [--json] [--record PAGE] [beginning of a row's name]\n"
      "  --quick        small sizes: only shows that it works\n"
      "  --full         the sizes of the goals and above: a million contacts, ten million events, a hundred\n"
      "                 million rows of a query (takes an hour)\n"
      "  --json         {name, ours, limit, unit, ratio, goal, ok, note} for each row\n"
      "  --record PAGE  also writes the table between the marks of a page, such as docs/performance.md\n";

struct Arguments {
    Options options;
    bool json{false};
    std::string page;
    std::string command{"mortise-bench"};
};

bool read_arguments(int argc, char** argv, Arguments& arguments)
{
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--record") {
            if (++i == argc) return false;
            arguments.page = argv[i];
            continue;
        }
        if (word == "--json")
            arguments.json = true;
        else if (word == "--quick")
            arguments.options.scale = Scale::quick;
        else if (word == "--full")
            arguments.options.scale = Scale::full;
        else if (!word.starts_with('-') && arguments.options.only.empty())
            arguments.options.only = word;
        else
            return false;
        arguments.command.append(" ").append(word);
    }
    return true;
}

} // namespace

int main(int argc, char** argv)
{
    Arguments arguments;
    if (!read_arguments(argc, argv, arguments)) {
        std::fputs(usage, stderr);
        return 2;
    }
    if (!arguments.json) print_heading();
    Rows rows{arguments.json ? [](const Row&) { } : print_row};
    for (const auto group :
         {saving_rows,
          import_rows,
          reading_rows,
          hook_rows,
          event_rows,
          plugin_rows,
          isolation_rows,
          kit_rows,
          host_rows})
        group(arguments.options, rows);
    if (arguments.json) print_json(rows.all());
    if (rows.all().empty()) {
        std::fprintf(stderr, "mortise-bench: no row's name begins with %s\n", arguments.options.only.c_str());
        return 2;
    }
    if (arguments.page.empty() || record(arguments.page, rows.all(), arguments.command)) return 0;
    std::fprintf(stderr, "mortise-bench: %s has no marks for the table\n", arguments.page.c_str());
    return 1;
}
