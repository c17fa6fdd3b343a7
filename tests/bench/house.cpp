#include "house.hpp"

#include "base/clock.hpp"
#include "plugins/plugin_manager.hpp"

#include <fstream>
#include <iterator>
#include <stdlib.h> // NOLINT(modernize-deprecated-headers): mkdtemp is POSIX, not C++

namespace mortise::bench {

using namespace mortise::host;

Folder::Folder()
{
    std::string pattern = (std::filesystem::temp_directory_path() / "mortise-bench-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) give_up("no folder can be made at " + pattern);
    m_path = pattern;
}

Folder::~Folder()
{
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

void give_up(const std::string& why)
{
    std::cerr << "mortise-bench: " << why << '\n';
    std::exit(1);
}

void must(const Result<void>& result)
{
    if (!result) give_up(result.error().message + " (" + result.error().where + ")");
}

House::House(const std::filesystem::path& file)
    : database{must(Database::open(file, DatabaseOptions{.create = true}))},
      writer{*database, system_clock_source()},
      records{*database, writer, system_clock_source()}
{
    must(writer.open());
    must(records.open());
    records.set_hooks(&hook);
}

PluginHouse::PluginHouse(const std::vector<std::string>& plugins)
{
    must(Host::init(m_folder / "data"));
    std::filesystem::create_directories(m_folder / "installed");
    for (const std::string& name : plugins)
        std::filesystem::copy(built_plugin(name), m_folder / "installed" / ("mortise.bench-" + name));
    HostOptions options;
    options.folder = m_folder / "data";
    options.installed_plugins = m_folder / "installed";
    m_host = must(Host::open(std::move(options)));
    for (const std::string& name : plugins)
        must(m_host->plugins().enable("mortise.bench-" + name));
}

std::string PluginHouse::counter_id(std::size_t number)
{
    return "mortise.bench-counter-" + std::to_string(number);
}

void PluginHouse::add_counters(std::size_t count)
{
    std::ifstream file{built_plugin("counter") / "plugin.json"};
    const std::string manifest{std::istreambuf_iterator<char>{file}, {}};
    for (std::size_t i = 0; i < count; ++i) {
        const auto folder = m_folder / "installed" / counter_id(i);
        std::filesystem::create_directories(folder);
        std::filesystem::copy(built_plugin("counter") / "counter.so", folder / "counter.so");
        std::string own = manifest;
        const std::string id = "\"mortise.bench-counter\"";
        own.replace(own.find(id), id.size(), '"' + counter_id(i) + '"');
        std::ofstream{folder / "plugin.json"} << own;
    }
    must(m_host->plugins().rescan());
}

Value PluginHouse::call(std::string_view command, const Map& arguments)
{
    return must(m_host->commands().call(command, as_system(), arguments));
}

std::filesystem::path built_plugin(std::string_view name)
{
    const auto program = std::filesystem::read_symlink("/proc/self/exe");
    return program.parent_path().parent_path() / "tests/bench/plugins"
        / ("mortise.bench-" + std::string{name});
}

CallContext as_system()
{
    CallContext context;
    context.principal = Principal::system();
    context.client = "bench";
    return context;
}

namespace {

std::string number_of(std::size_t i)
{
    return std::to_string(i * 2654435761U % 1'000'000'007U);
}

} // namespace

std::string sample_email(std::size_t i)
{
    return "person" + number_of(i) + "@example.com";
}

Map sample_contact(std::size_t i)
{
    constexpr const char* countries[] = {"Austria", "Poland", "Japan", "Brazil"};
    return {
        {"given_name", "Given" + number_of(i)},
        {"family_name", "Family" + std::to_string(i % 9973)},
        {"email", sample_email(i)},
        {"job_title", "Engineer"},
        {"country", countries[i % 4]}
    };
}

UnitOfWork creation(std::size_t i)
{
    UnitOfWork unit;
    unit.changes.push_back(
        {.operation = Operation::create,
         .type = "contact",
         .id = {},
         .version = {},
         .values = sample_contact(i)}
    );
    return unit;
}

std::vector<Id> fill(Records& records, std::size_t count)
{
    std::vector<Id> ids;
    ids.reserve(count);
    for (std::size_t i = 0; i < count;) {
        UnitOfWork unit;
        for (std::size_t n = 0; n < 1000 && i < count; ++n, ++i)
            unit.changes.push_back(std::move(creation(i).changes.front()));
        const Commit commit = must(records.commit(as_system(), std::move(unit)));
        ids.insert(ids.end(), commit.ids.begin(), commit.ids.end());
    }
    return ids;
}

std::string sample_csv(std::size_t from, std::size_t count)
{
    std::string csv = "given_name,family_name,email,job_title,country\n";
    for (std::size_t i = from; i < from + count; ++i)
        for (const auto& [field, value] : sample_contact(i))
            csv.append(value.text()).append(1, field == "country" ? '\n' : ',');
    return csv;
}

} // namespace mortise::bench
