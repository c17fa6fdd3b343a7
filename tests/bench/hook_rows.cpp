// Rows about hooks: a new contact on its way through the hooks of plugins, against the same functions called
// bare, by pointer, on the same draft.

#include "bench.hpp"
#include "house.hpp"
#include "plugins/plugin_manager.hpp"
#include "plugins/row_blocks.hpp"

#include <mortise/abi/mortise.h>

#include <dlfcn.h>

namespace mortise::bench {

namespace {

using namespace mortise::host;

/// A new contact.
class NewContact final : public Draft {
public:
    explicit NewContact(TypePointer type) : m_type{std::move(type)}
    {
        m_row.id = Id{1};
        m_row.version = 1;
        m_row.values.resize(m_type->fields.size());
        for (const auto& [field, value] : sample_contact(1))
            m_row.values[*m_type->slot(field)] = value;
    }
    Operation operation() const noexcept override { return Operation::create; }
    const RecordType& type() const noexcept override { return *m_type; }
    Id id() const noexcept override { return m_row.id; }
    const host::Row* before() const noexcept override { return nullptr; }
    const host::Row& after() const noexcept override { return m_row; }
    Result<void> amend(std::string_view, const Value&) override { return {}; }

private:
    TypePointer m_type;
    host::Row m_row;
};

/// The plugin's functions without a host: nothing between the caller and the code.
class BarePlugin {
public:
    explicit BarePlugin(const std::filesystem::path& library)
        : m_library{::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL)}
    {
        if (!m_library) give_up(::dlerror());
        const auto open = reinterpret_cast<mortise_plugin_open>(::dlsym(m_library, "mortise_plugin_open_v1"));
        m_host.head = {sizeof m_host, 0};
        m_host.query
            = [](mortise_self, mortise_text, const mortise_interface** out, mortise_error*) noexcept {
                  *out = nullptr;
                  return static_cast<mortise_status>(MORTISE_E_UNSUPPORTED);
              };
        m_plugin.head.size = sizeof m_plugin;
        mortise_error error{};
        error.size = sizeof error;
        if (open(&m_host, 1, &m_plugin, &error) != MORTISE_OK) give_up("the plugin does not open");
    }
    BarePlugin(const BarePlugin&) = delete;
    BarePlugin& operator=(const BarePlugin&) = delete;
    ~BarePlugin()
    {
        m_plugin.destroy(m_plugin.impl, nullptr);
        ::dlclose(m_library);
    }

    const mortise_plugin& functions() const noexcept { return m_plugin; }

private:
    void* m_library;
    mortise_host m_host{};
    mortise_plugin m_plugin{};
};

/// Nanoseconds of one call of `body`, of many.
template <class Body>
double nanoseconds(std::size_t calls, Body body)
{
    const Stopwatch watch;
    for (std::size_t i = 0; i < calls; ++i)
        body();
    return watch.seconds() / static_cast<double>(calls) * 1e9;
}

/// Makes the draft's block and calls each function.
void call_bare(
    const mortise_plugin& plugin,
    std::size_t hooks,
    const RowShape& shape,
    ShapeWriter& writer,
    const Draft& draft
)
{
    const std::string& type = draft.type().name;
    mortise_draft given{};
    given.size = sizeof given;
    given.kind = MORTISE_OPERATION_CREATE;
    given.type = {type.data(), type.size()};
    given.after = must(shape.write(writer, draft.after()));
    mortise_context context{};
    context.size = sizeof context;
    mortise_error error{};
    error.size = sizeof error;
    const mortise_sink nobody{nullptr, [](void*, mortise_tree) noexcept -> mortise_status {
                                  return MORTISE_OK;
                              }};
    for (std::size_t hook = 0; hook < hooks; ++hook)
        if (plugin.on_hook(plugin.impl, hook, &context, {}, &given, 1, nobody, &error) < 0)
            give_up("a hook failed");
}

void hooks_of(const std::string& plugin, std::size_t hooks, const Options& options, Rows& rows)
{
    const std::string name = hooks == 1 ? "hook_call" : "hook_calls_10";
    if (!options.wants(name)) return;
    PluginHouse house{{plugin}};
    must(house.host().plugins().activate("mortise.bench-" + plugin));
    HookRunner& runner = house.host().plugins().hooks();
    const TypePointer contact = house.host().records().schema()->find("contact");
    NewContact draft{contact};
    Draft* const drafts[] = {&draft};
    const CallContext context = as_system();
    const BarePlugin bare{built_plugin(plugin) / (plugin + ".so")};
    const RowShape shape{contact};
    ShapeWriter writer{shape.shape()};
    const std::size_t calls = options.size(1000, 100'000, 100'000);
    std::vector<double> ours;
    std::vector<double> limit;
    for (int round = 0; round < 7; ++round) {
        ours.push_back(nanoseconds(calls, [&] { must(runner.run(context, drafts)); }));
        limit.push_back(nanoseconds(calls, [&] { call_bare(bare.functions(), hooks, shape, writer, draft); })
        );
    }
    rows.add(
        {name,
         median(ours),
         median(limit),
         "ns",
         2.0,
         Better::lower,
         "accounting on; both make the draft's block from its row"}
    );
}

} // namespace

void hook_rows(const Options& options, Rows& rows)
{
    hooks_of("hook", 1, options, rows);
    hooks_of("hooks", 10, options, rows);
}

} // namespace mortise::bench
