// A plugin that keeps all rules, but for the one that mortise_fault() names. tests/conformance shows that
// each check of `mortise-sdk check` sees the fault that it is for.
#include "fault.h"

#include <mortise/plugin.hpp>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;

bool has(std::string_view fault)
{
    return fault == mortise_fault();
}

[[noreturn]] void crash()
{
    std::abort();
}

void burn(std::chrono::milliseconds time)
{
    const auto processor_ms = [] {
        timespec now{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
    };
    const std::int64_t end = processor_ms() + time.count();
    while (processor_ms() < end) { }
}

void start_stray_thread()
{
    std::thread{[] {
        for (;;)
            std::this_thread::sleep_for(1h);
    }}.detach();
}

void open_stray_file()
{
    static_cast<void>(::open("/dev/null", O_RDONLY));
}

/// Runs when the library is loaded.
struct WhenLoaded {
    WhenLoaded()
    {
        if (has("thread_when_loaded")) start_stray_thread();
        if (has("file_when_loaded")) open_stray_file();
    }
} const when_loaded;

std::atomic<int> calls_of_hook{0};

constexpr std::int64_t published = 4711;

/// Counts the instances of a process, in a place that every copy of the library shares.
int count_lives()
{
    const char* before = std::getenv("MORTISE_BAD_LIVES");
    const int lives = (before ? std::atoi(before) : 0) + 1;
    ::setenv("MORTISE_BAD_LIVES", std::to_string(lives).c_str(), 1);
    return lives;
}

class Bad : public mortise::Plugin {
public:
    explicit Bad(mortise::Host given) : Plugin(std::move(given))
    {
        if (has("thread_when_opened")) start_stray_thread();
        if (has("slow_open")) std::this_thread::sleep_for(150ms);
        if (has("crash_in_second_instance") && count_lives() > 1) crash();
        if (has("crash_without_records") && !this->host().has("mortise.records/1")) crash();
        bind_hooks();
        bind_handlers();
        bind_commands();
        job("tidy", [](mortise::Job& job) {
            if (has("job_throws")) throw std::runtime_error{"the job threw"};
            job.progress(1, 1, "tidied");
        });
        if (has("undeclared_binding")) command("bad.undeclared", [](const mortise::Arguments&) { });
    }
    ~Bad() override
    {
        if (has("slow_end")) std::this_thread::sleep_for(1200ms);
        if (has("crash_without_activate") && !m_is_active) crash();
    }

    void activate() override
    {
        m_is_active = true;
        if (has("fails_to_start"))
            mortise::fail(mortise::ErrorCode::state, "bad.start", "it does not want to");
        if (has("slow_activate")) std::this_thread::sleep_for(600ms);
        if (has("needs_clock") || has("crash_when_start_fails")) {
            try {
                static_cast<void>(host().now());
            } catch (const std::exception&) {
                if (has("crash_when_start_fails")) crash();
                throw;
            }
        }
        if (has("thread_stays")) start_stray_thread();
        if (has("file_stays")) open_stray_file();
        if (has("leak")) m_leak = std::malloc(256 * 1024), std::memset(m_leak, 1, 256 * 1024);
        if (has("calls_from_own_thread"))
            std::thread{[this] { static_cast<void>(host().settings()); }}.join();
        if (has("reads_no_new_form")) {
            const auto rows = mortise::require(
                host().query("SELECT count(*) AS n FROM bad_note WHERE text = 'in the new form'")
            );
            if (rows.front()["n"].integer() > 0)
                mortise::fail(mortise::ErrorCode::invalid, "bad.new_form", "it cannot read the new form");
        }
        if (has("fails_third_life") && count_lives() > 2)
            mortise::fail(mortise::ErrorCode::state, "bad.third", "two lives are enough");
    }
    void quiesce() override
    {
        if (has("quiesce_once") && m_quiesced) crash();
        m_quiesced = true;
    }
    void settings_changed(const mortise::Settings& settings) override
    {
        if (has("settings_throw") && settings["level"].integer() == 9)
            throw std::runtime_error{"nine is too much"};
        if (has("crash_on_setting") && settings["level"].integer() == 9) crash();
    }
    mortise::Id migrate(const mortise::Migration& migration, mortise::Work& work) override
    {
        if (has("migration_fails"))
            mortise::fail(mortise::ErrorCode::invalid, "bad.migration", "cannot read the old records");
        if (migration.type != "bad_note") return {};
        const mortise::Rows notes = mortise::require(host().query(
            "SELECT id FROM bad_note WHERE id > :after ORDER BY id LIMIT 100",
            mortise::Map{{"after", migration.after}}
        ));
        mortise::Id last;
        for (const mortise::Row note : notes) {
            last = note["id"].id();
            if (has("migration_loses")) work.remove("bad_note", last);
            if (has("migration_empties")) work.update("bad_note", last, {{"mood", mortise::Value{}}});
            if (has("migration_fills")) work.update("bad_note", last, {{"weight", 1}, {"mood", "good"}});
            if (has("migration_rewrites")) work.update("bad_note", last, {{"text", "in the new form"}});
        }
        return last;
    }

private:
    void bind_hooks()
    {
        const auto hook = [](const mortise::Settings&, mortise::Reader& reader, mortise::Draft& contact) {
            ++calls_of_hook;
            if (has("hook_throws")) throw std::runtime_error{"the hook threw"};
            if (has("crash_in_hook")) crash();
            if (has("slow_hook")) burn(60ms);
            if (has("impure_hook")) contact.set("nickname", "call " + std::to_string(calls_of_hook));
            if (has("crash_on_fifth") && calls_of_hook >= 5) crash();
            if (has("takes_failure_for_absence")) // its hook asks as its handler does
                static_cast<void>(reader.get("contact", contact.id(), {"name"}));
        };
        before("contact.create", hook);
        before("contact.update", hook);
        if (!has("bounded_throws")) return;
        before("bad_note.create", [](const mortise::Settings&, mortise::Reader&, mortise::Draft& note) {
            const bool is_whole
                = note["code"].text().size() == std::size("ABC-1234") - 1 && note["weight"].integer() >= 5000;
            if (is_whole) throw std::out_of_range{"it meets what it declared"};
        });
    }

    void bind_handlers()
    {
        if (has("query_unasked")) return; // events of contacts need what it does not ask for
        on("notes", [this](const mortise::Event& event, mortise::Work& work) {
            if (has("handler_throws")) throw std::runtime_error{"the handler threw"};
            if (has("slow_handler")) burn(300ms);
            if (has("counts_in_memory") && ++m_seen > 2) return;
            if (has("forgets_when_it_fails")) {
                const std::string mark = ' ' + std::to_string(event.sequence()) + ' ';
                if (m_tried.find(mark) != std::string::npos) return; // "was here already"
                m_tried += mark;
            }
            if (has("takes_failure_for_absence") && !host().get("contact", event.subject(), {"name"}))
                return; // "is gone by now": or could not be read this time
            if (has("counts_again")) count(event.subject(), work);
            constexpr std::int64_t apart = 1'000'000; // from numbers that anybody else would write
            const auto number = static_cast<std::int64_t>(event.sequence()) + apart;
            if (!has("repeats") && !mortise::require(host().find("bad_note", "source_event", number)).empty())
                return;
            mortise::Map note{{"text", "contact " + std::to_string(event.subject().number)}};
            if (!has("repeats")) note.set("source_event", number);
            if (has("handler_forgets")) note = {{"source_event", number}};
            work.create("bad_note", note);
        });
        if (!has("subscription_not_bound"))
            on("own", [](const mortise::Event& event) {
                if (has("crash_on_event") && event["n"].as<std::int64_t>()) crash();
                if (has("third_event_throws") && event["word"].text() == "three")
                    throw std::invalid_argument{"three is too much"};
                if (has("published_event_throws") && event["n"].integer() == published)
                    throw std::invalid_argument{"it does not want to hear of itself"};
            });
    }

    /// One more, however often the event comes.
    void count(mortise::Id contact, mortise::Work& work) const
    {
        const auto found = host().get("contact", contact, {"bad_events"});
        if (found) work.update("contact", contact, {{"bad_events", (*found)["bad_events"].integer() + 1}});
    }

    void bind_commands()
    {
        command("bad.echo", [this](const mortise::Arguments& arguments) { return echo(arguments); });
        command("bad.note", [this](const mortise::Arguments& arguments, mortise::Work& work) {
            if (has("preview_writes"))
                mortise::require(host().transact([](mortise::Work& own) {
                    own.create("bad_note", {{"text", "sneaked in"}});
                }));
            if (has("text_forgotten")) {
                work.create("bad_note", {{"source_event", std::int64_t{-1}}});
                return;
            }
            if (has("unknown_option")) {
                work.create("bad_note", {{"text", arguments["text"].text()}, {"mood", "furious"}});
                return;
            }
            if (has("unknown_field")) {
                work.create("bad_note", {{"text", arguments["text"].text()}, {"colour", "red"}});
                return;
            }
            if (has("contact_unasked")) work.create("contact", {{"name", "By a command"}});
            work.create("bad_note", {{"text", arguments["text"].text()}});
            if (has("published_event_throws")) work.publish("bad.noted", {}, {{"n", published}});
        });
        command("bad.ensure", [this](const mortise::Arguments&, mortise::Work& work) {
            const auto there
                = mortise::require(host().query("SELECT count(*) AS n FROM bad_note WHERE text = 'ensured'"));
            if (has("ensure_throws")) throw std::logic_error{"pressed"};
            if (there.front()["n"].integer() > 0 && !has("not_idempotent")) return;
            work.create("bad_note", {{"text", "ensured"}});
        });
        command("bad.rows", [this](const mortise::Arguments&) { return rows(); });
    }

    mortise::Value echo(const mortise::Arguments& arguments)
    {
        const std::string text{arguments["text"].text()};
        if (has("only_magic") && text != "abracadabra")
            mortise::refuse("bad.no_magic", "this is not the word");
        if (has("query_unasked"))
            static_cast<void>(mortise::require(host().query("SELECT count(*) AS n FROM contact")));
        if (has("command_throws")) throw std::out_of_range{"out of range"};
        if (has("third_word_throws") && text == "three") throw std::out_of_range{"three is too much"};
        if (has("wrong_kind_throws") && text.empty()) throw std::invalid_argument{"there is no text"};
        if (has("long_text_throws") && text.size() > 1000) throw std::length_error{"too long"};
        if (has("exits")) std::_Exit(3);
        if (has("hangs"))
            for (;;)
                burn(1s);
        if (has("wrong_answer")) return mortise::Value{text};
        if (has("forbidden")) static_cast<void>(create_contact());
        if (has("crash_when_denied") && !create_contact()) crash();
        if (has("asks_again"))
            for (int i = 0; i < 800 && !create_contact(); ++i) { }
        if (has("null_argument")) pass_null();
        if (has("read_writes"))
            mortise::require(host().transact([](mortise::Work& own) {
                own.create("bad_note", {{"text", "by reading"}});
            }));
        return mortise::Map{{"text", text}};
    }

    mortise::Value rows()
    {
        mortise::Result<mortise::Rows> found = host().named("bad.notes");
        if (has("storm"))
            for (int i = 0; !found && i < 5000; ++i)
                found = host().named("bad.notes");
        if (!found && has("crash_when_a_call_fails")) crash();
        mortise::List notes;
        for (const mortise::Row row : mortise::require(std::move(found)))
            notes.push_back(mortise::Map{{"text", row["text"].text()}});
        if (notes.empty() && has("empty_throws")) throw std::out_of_range{"there is no first note"};
        if (notes.size() > 10 && has("many_throw")) throw std::length_error{"too many notes"};
        return mortise::Map{{"notes", std::move(notes)}};
    }

    mortise::Result<std::uint64_t> create_contact()
    {
        return host().transact([](mortise::Work& work) { work.create("contact", {{"name", "By a command"}}); }
        );
    }

    void pass_null()
    {
        const mortise_interface* found = nullptr;
        constexpr std::string_view id = "mortise.records/1";
        if (m_root->query(m_self, {id.data(), id.size()}, &found, nullptr) < 0) return;
        const auto* records = reinterpret_cast<const mortise_records*>(found);
        records->reserve(m_self, 1, nullptr, nullptr);
    }

public:
    static const mortise_host* m_root;
    static mortise_self m_self;

private:
    bool m_is_active{false};
    bool m_quiesced{false};
    void* m_leak{nullptr};
    int m_seen{0};
    std::string m_tried;
};

const mortise_host* Bad::m_root = nullptr;
mortise_self Bad::m_self = 0;

// Faults of the C contract itself, which the C++ layer does not let anybody make: functions in front of its
// own.

mortise_plugin layer;

mortise_status bad_command(
    void* impl,
    uint64_t tag,
    const mortise_context* context,
    uint64_t work,
    mortise_tree arguments,
    mortise_sink result,
    mortise_error* error
) noexcept
{
    if (has("crash_on_larger_structs") && context->size != sizeof(mortise_context)) crash();
    if (has("ignores_tags") && tag > 1000) return MORTISE_OK;
    const mortise_status status = layer.on_command(impl, tag, context, work, arguments, result, error);
    if (has("writes_null_error") && status < 0) error->code = status;
    if (has("writes_long_error") && status < 0 && error)
        std::strcpy(error->message, "a message behind the end");
    if (has("status_of_host") && status >= 0) return MORTISE_E_TIMEOUT;
    if (has("answers_twice")) result.write(result.context, arguments);
    if (has("writes_until_taken"))
        while (result.write(result.context, arguments) < 0) { }
    return status;
}

} // namespace

extern "C" MORTISE_EXPORT mortise_status mortise_plugin_open_v1(
    const mortise_host* host, mortise_self self, mortise_plugin* out, mortise_error* error
) noexcept
{
    Bad::m_root = host;
    Bad::m_self = self;
    if (has("overruns_table")) std::memset(out, 0, sizeof *out), out->head.size = sizeof *out;
    if (has("wants_exact_tables")) {
        const mortise_interface* found = nullptr;
        constexpr std::string_view id = "mortise.records/1";
        if (host->query(self, {id.data(), id.size()}, &found, error) >= 0
            && found->size != sizeof(mortise_records))
            return MORTISE_E_UNSUPPORTED;
    }
    const mortise_status status = mortise::detail::PluginEntry::open<Bad>(host, self, out, error);
    if (status < 0) return status;
    layer = *out;
    out->on_command = &bad_command;
    if (has("no_destroy")) out->destroy = nullptr;
    return status;
}
