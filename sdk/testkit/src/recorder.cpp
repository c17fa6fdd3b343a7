#include "recorder.hpp"

#include "control/nearest.hpp"

#include <mortise/status.hpp>

#include <algorithm>
#include <exception>
#include <thread>

namespace mortise::testkit {

std::string text_of(const Call& call)
{
    std::string text = call.into_plugin() ? "host calls " : "plugin calls ";
    text += host::info(call.function).name;
    if (!call.label.empty() && call.label != "activate") text += " [" + call.label + ']';
    if (!call.error) return text + " -> ok";
    text += " -> " + std::string{name(call.error->code)};
    if (call.injected) text += " (on purpose)";
    if (!call.error->key.empty()) text += " \"" + call.error->key + '"';
    if (!call.error->message.empty()) text += ": " + call.error->message;
    return text;
}

std::optional<Error> Recorder::before(const host::ObservedCall& call) noexcept
{
    try {
        const std::scoped_lock lock{m_mutex};
        for (Fault& fault : m_faults) {
            if (!fault.plugin.empty() && fault.plugin != call.plugin) continue;
            if (!call.label.starts_with(fault.in)) continue;
            if (fault.function != call.function || (fault.times != 0 && fault.hit == fault.times)) continue;
            if (fault.seen++ < fault.after) continue;
            ++fault.hit;
            Error error = fault.error;
            m_failing.insert(std::this_thread::get_id());
            return error;
        }
    } catch (const std::exception&) { // no memory: then it does not fail on purpose
    }
    return std::nullopt;
}

void Recorder::after(const host::ObservedCall& call, const Error* error) noexcept
{
    try {
        const std::scoped_lock lock{m_mutex};
        Call kept{
            .number = m_next++,
            .plugin = std::string{call.plugin},
            .function = call.function,
            .label = std::string{call.label},
            .thread = call.thread,
        };
        if (error) kept.error = *error;
        kept.injected = error && m_failing.erase(std::this_thread::get_id()) != 0;
        m_calls.push_back(std::move(kept));
        if (m_calls.size() > most_calls) m_calls.pop_front();
    } catch (const std::exception&) { // no memory: then the trace has a hole
    }
}

std::uint64_t Recorder::mark() const
{
    const std::scoped_lock lock{m_mutex};
    return m_next;
}

std::vector<Call> Recorder::calls(std::uint64_t from) const
{
    const std::scoped_lock lock{m_mutex};
    const auto first = std::ranges::lower_bound(m_calls, from, {}, &Call::number);
    return {first, m_calls.end()};
}

void Recorder::clear()
{
    const std::scoped_lock lock{m_mutex};
    m_calls.clear();
}

void Recorder::add_fault(Fault fault)
{
    const std::scoped_lock lock{m_mutex};
    m_faults.push_back(std::move(fault));
}

std::vector<Fault> Recorder::faults() const
{
    const std::scoped_lock lock{m_mutex};
    return m_faults;
}

void Recorder::clear_faults()
{
    const std::scoped_lock lock{m_mutex};
    m_faults.clear();
}

Result<host::AbiFunction> find_function(std::string_view name)
{
    std::vector<std::string> names;
    for (std::size_t i = 0; i < host::abi_function_count; ++i) {
        const host::AbiFunctionInfo& function = host::abi_functions[i];
        if (function.name == name) return static_cast<host::AbiFunction>(i);
        if (!function.of_plugin) names.emplace_back(function.name);
    }
    const std::string meant = host::nearest(name, names);
    return Error{
        .code = ErrorCode::not_found,
        .message = "the contract has no function \"" + std::string{name} + '"',
        .key = "testkit.no_function",
        .where = std::string{name},
        .hint = meant.empty()
            ? "functions are named as in mortise.records/1.commit; docs/reference/interfaces lists them"
            : "did you mean " + meant + '?',
    };
}

} // namespace mortise::testkit
