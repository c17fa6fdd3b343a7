#include "box.hpp"

#include <mortise/status.hpp>

namespace mortise::testkit {

namespace {

Result<Value> fail(Box& box, const Map& arguments)
{
    MORTISE_TRY(Fault fault, fault_of(box, arguments));
    box.recorder().add_fault(std::move(fault));
    return Value{};
}

/// The faults that were asked for, and how often each struck.
Result<Value> list(Box& box, const Map&)
{
    List all;
    for (const Fault& fault : box.recorder().faults())
        all.emplace_back(Map{
            {"plugin", fault.plugin},
            {"function", host::info(fault.function).name},
            {"code", static_cast<std::int64_t>(fault.error.code)},
            {"seen", static_cast<std::int64_t>(fault.seen)},
            {"hit", static_cast<std::int64_t>(fault.hit)},
        });
    return Value{std::move(all)};
}

Result<Value> clear(Box& box, const Map&)
{
    box.recorder().clear_faults();
    return Value{};
}

Result<Value> trace(Box& box, const Map& arguments)
{
    List all;
    for (const Call& call :
         box.recorder().calls(static_cast<std::uint64_t>(arguments["from"].get_or(std::int64_t{0})))) {
        Map map{
            {"number", static_cast<std::int64_t>(call.number)},
            {"plugin", call.plugin},
            {"function", host::info(call.function).name},
            {"into_plugin", call.into_plugin()},
            {"label", call.label},
            {"text", text_of(call)},
            {"code", std::int64_t{0}},
        };
        if (call.error) {
            map.set("code", static_cast<std::int64_t>(call.error->code));
            map.set("key", call.error->key);
            map.set("message", call.error->message);
            map.set("injected", call.injected);
        }
        all.emplace_back(std::move(map));
    }
    return Value{std::move(all)};
}

Result<Value> clear_trace(Box& box, const Map&)
{
    box.recorder().clear();
    return Value{};
}

} // namespace

Result<Fault> fault_of(const Box& box, const Map& arguments)
{
    MORTISE_TRY(const std::string name, need_text(arguments, "function"));
    MORTISE_TRY(const host::AbiFunction function, find_function(name));
    if (host::info(function).of_plugin)
        return Error{
            .code = ErrorCode::invalid,
            .message = name + " is called by the host: let the plugin itself fail",
            .key = "testkit.no_function",
            .where = name,
        };
    Fault fault;
    fault.function = function;
    fault.plugin = box.plugin_of(arguments);
    fault.error.code
        = error_code(static_cast<mortise_status>(arguments["code"].get_or(std::int64_t{MORTISE_E_INTERNAL})));
    fault.error.key = arguments["key"].text();
    fault.error.message = arguments["message"].text();
    if (fault.error.message.empty()) fault.error.message = "the test lets this call fail";
    fault.error.where = arguments["where"].text();
    fault.in = arguments["in"].text();
    fault.after = static_cast<std::uint64_t>(arguments["after"].get_or(std::int64_t{0}));
    fault.times = static_cast<std::uint64_t>(arguments["times"].get_or(std::int64_t{1}));
    return fault;
}

void add_fault_operations(Box& box)
{
    box.add_reading("faults.add", fail);
    box.add_reading("faults.list", list);
    box.add_reading("faults.clear", clear);
    box.add_reading("trace.list", trace);
    box.add_reading("trace.clear", clear_trace);
}

} // namespace mortise::testkit
