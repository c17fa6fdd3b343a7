#pragma once

/// \file
/// The one header that a plugin includes. Derive from `mortise::Plugin`, bind behaviour to what `plugin.json`
/// declares in the constructor, and write MORTISE_PLUGIN(YourClass) once.

#include <mortise/command.hpp>
#include <mortise/event.hpp>
#include <mortise/failure.hpp>
#include <mortise/hook.hpp>
#include <mortise/host.hpp>
#include <mortise/work.hpp>

#include <concepts>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mortise {

namespace detail {

template <class T>
inline constexpr bool is_result = false;
template <class T>
inline constexpr bool is_result<Result<T>> = true;

/// Runs a handler of any return type and gives what it says as a Value; a Result's error is thrown.
template <class Handler, class... Arguments>
Value answer_of(Handler& handler, Arguments&&... arguments)
{
    using Answer = std::invoke_result_t<Handler&, Arguments...>;
    if constexpr (std::is_void_v<Answer>) {
        handler(arguments...);
        return {};
    } else if constexpr (std::is_same_v<Answer, Result<void>>) {
        require(handler(arguments...));
        return {};
    } else if constexpr (is_result<Answer>) {
        return require(handler(arguments...));
    } else {
        return handler(arguments...);
    }
}

struct PluginEntry;

} // namespace detail

/// How a handler of one event may look; it returns nothing or a Result<void>.
template <class Handler>
concept EventHandler
    = std::invocable<Handler&, const Event&, Work&> || std::invocable<Handler&, const Event&>;

/// How a command may look; it returns anything that is a Value, a Result of such, or nothing.
template <class Handler>
concept CommandHandler
    = std::invocable<Handler&, const Arguments&, Work&> || std::invocable<Handler&, const Arguments&>;

/// What `migrate` is asked to do: rewrite the records of `type` behind `after`.
struct Migration {
    std::string_view type;
    std::string_view from; ///< version of the plugin that wrote them
    std::string_view to; ///< version of the plugin now
    Id after; ///< the last record that is done; 0 at the start
};

/// A plugin. One thread at a time calls an instance, but for hooks (pure functions, on any thread) and jobs
/// (on threads of their own). Handlers fail by throwing: Failure (see `fail`, `refuse`) gives a code and a
/// key, anything else becomes MORTISE_E_EXCEPTION.
class Plugin {
public:
    explicit Plugin(Host host) : m_host{std::move(host)} { }
    Plugin(const Plugin&) = delete;
    Plugin& operator=(const Plugin&) = delete;
    virtual ~Plugin() = default;

    /// The host. In a constructor whose parameter is named `host` too, say this->host(), or let the handler
    /// call a member function.
    const Host& host() const noexcept { return m_host; }
    Log log() const noexcept { return m_host.log(); }

    // For you to override where needed

    /// Everything is bound; throw to give up, for instance if `host().has(...)` says no.
    virtual void activate() { }
    /// Wind up: nothing new arrives after this.
    virtual void quiesce() { }
    virtual void settings_changed(const Settings&) { }
    /// The answer to a command that `host().post` sent with a tag.
    virtual void answered(std::uint64_t /*tag*/, const Result<Value>& /*answer*/) { }
    /// Rewrites a batch of records after an upgrade; gives the last id of the batch, or 0 when none is left.
    virtual Id migrate(const Migration&, Work&) { return {}; }

protected:
    // Binding, in the constructor. Names are those of the manifest.

    /// Runs `hook` before a change, such as "contact.create". It is a pure function: a lambda that captures
    /// nothing.
    template <class Hook>
    void before(std::string_view name, Hook hook)
    {
        static_assert(
            std::is_convertible_v<Hook, HookFunction>,
            "a hook is a pure function (const Settings&, Reader&, Draft&): its lambda captures nothing, "
            "because hooks "
            "run on many threads at once"
        );
        if constexpr (std::is_convertible_v<Hook, HookFunction>) m_hooks.push_back({std::string{name}, hook});
    }

    /// Handles the events of a subscription, one by one. What it does through `Work` commits together with
    /// the acknowledgement of the batch.
    template <EventHandler Handler>
    void on(std::string_view subscription, Handler handler)
    {
        const auto loop
            = [handler = std::move(handler)](const Events& events, Work& work, std::uint64_t& done) mutable {
                  for (const Event event : events) {
                      if constexpr (std::invocable<Handler&, const Event&, Work&>)
                          detail::answer_of(handler, event, work);
                      else
                          detail::answer_of(handler, event);
                      ++done;
                  }
              };
        m_subscriptions.push_back({std::string{subscription}, loop});
    }

    /// Handles up to 64 events of a subscription at once.
    template <std::invocable<const Events&, Work&> Handler>
    void on_batch(std::string_view subscription, Handler handler)
    {
        const auto all
            = [handler = std::move(handler)](const Events& events, Work& work, std::uint64_t& done) mutable {
                  detail::answer_of(handler, events, work);
                  done = events.size();
              };
        m_subscriptions.push_back({std::string{subscription}, all});
    }

    /// Runs a command.
    template <CommandHandler Handler>
    void command(std::string_view name, Handler handler)
    {
        const auto run
            = [handler = std::move(handler)](const Arguments& arguments, Work& work) mutable -> Value {
            if constexpr (std::invocable<Handler&, const Arguments&, Work&>)
                return detail::answer_of(handler, arguments, work);
            else
                return detail::answer_of(handler, arguments);
        };
        m_commands.push_back({std::string{name}, run});
    }

    /// Runs a job or a schedule, on a thread of its own: what it shares with the rest of the plugin it must
    /// guard.
    template <std::invocable<Job&> Handler>
    void job(std::string_view name, Handler handler)
    {
        const auto run = [handler = std::move(handler)](Job& running) mutable -> Value {
            return detail::answer_of(handler, running);
        };
        m_jobs.push_back({std::string{name}, run});
    }

    /// Asks for a command and goes on; `then` runs on the strand when the answer is there, unless the plugin
    /// is reloaded before.
    void
    ask(std::string_view name,
        const Map& arguments,
        std::function<void(const Result<Value>&)> then,
        const CallOptions& options = {})
    {
        const std::uint64_t tag = m_next_answer++;
        require(m_host.post(name, arguments, tag, options));
        m_answers.emplace(tag, std::move(then));
    }

private:
    friend struct detail::PluginEntry;

    template <class Function>
    struct Binding {
        std::string name;
        Function run;
    };

    /// Tags of `ask` begin here; those of `Host::post` are the plugin's own and lie below.
    static constexpr std::uint64_t first_answer = std::uint64_t{1} << 63U;

    Host m_host;
    std::vector<Binding<HookFunction>> m_hooks;
    std::vector<Binding<std::function<void(const Events&, Work&, std::uint64_t&)>>> m_subscriptions;
    std::vector<Binding<std::function<Value(const Arguments&, Work&)>>> m_commands;
    std::vector<Binding<std::function<Value(Job&)>>> m_jobs;
    std::map<std::uint64_t, std::function<void(const Result<Value>&)>> m_answers;
    std::uint64_t m_next_answer{first_answer};
    detail::IdPool m_ids;
};

} // namespace mortise

#include <mortise/detail/entry.hpp>

/// Exports the plugin. `Class` derives from mortise::Plugin and has a constructor that takes a mortise::Host.
#define MORTISE_PLUGIN(Class)                                                                                \
    extern "C" MORTISE_EXPORT mortise_status mortise_plugin_open_v1(                                         \
        const mortise_host* host, mortise_self self, mortise_plugin* out, mortise_error* error               \
    ) noexcept                                                                                               \
    {                                                                                                        \
        return mortise::detail::PluginEntry::open<Class>(host, self, out, error);                            \
    }
