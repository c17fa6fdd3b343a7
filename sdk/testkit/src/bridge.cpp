#include "base/json.hpp"
#include "box.hpp"
#include "story.hpp"

#include <mortise/border.hpp>
#include <mortise/testkit/bridge.h>
#include <mortise/value_block.hpp>

#include <exception>

struct mortise_testkit {
    std::unique_ptr<mortise::testkit::Box> box;
};

namespace {

using mortise::Error;
using mortise::ErrorCode;
using mortise::Map;
using mortise::Value;

Map arguments_of(mortise_tree tree)
{
    if (!tree.root) return {};
    const Value value = mortise::ValueView{tree}.value();
    return value.get_or(Map{});
}

void write(mortise_sink sink, const Map& map)
{
    auto block = mortise::encode(Value{map});
    if (!block) block = mortise::encode(Value{Map{{"error", mortise::testkit::map_of(block.error())}}});
    if (block && sink.write) sink.write(sink.context, block->tree());
}

Map unexpected(const char* what)
{
    const Error error{.code = ErrorCode::internal, .message = what, .key = "testkit.unexpected"};
    return {
        {"error", mortise::testkit::map_of(error)}, {"story", std::string{"the test kit failed: "} + what}
    };
}

Map not_opened(const Error& error)
{
    std::string story = "the plugin does not start in the test kit: " + error.message;
    if (!error.where.empty()) story += "\n  where: " + error.where;
    if (!error.hint.empty()) story += "\n  hint: " + error.hint;
    story += "\n  written in: docs/reference/interfaces/plugin.md#activate";
    return {{"error", mortise::testkit::map_of(error)}, {"story", story}};
}

} // namespace

mortise_status mortise_testkit_open(
    const mortise_testkit_plugin* plugins,
    uint64_t count,
    mortise_tree options,
    mortise_testkit** kit,
    mortise_sink trouble
) noexcept
{
    if (!kit || (count > 0 && !plugins)) return MORTISE_E_NULL;
    *kit = nullptr;
    try {
        std::vector<mortise::testkit::Subject> subjects;
        for (std::uint64_t i = 0; i < count; ++i)
            subjects.push_back({std::string{mortise::border::view(plugins[i].folder)}, plugins[i].entry});
        auto box = mortise::testkit::Box::open(subjects, arguments_of(options));
        if (!box) {
            write(trouble, not_opened(box.error()));
            return mortise::to_status(box.error().code);
        }
        *kit = new mortise_testkit{*std::move(box)};
        return MORTISE_OK;
    } catch (const std::exception& e) {
        write(trouble, unexpected(e.what()));
        return MORTISE_E_INTERNAL;
    }
}

mortise_status mortise_testkit_do(
    mortise_testkit* kit, mortise_text what, mortise_tree arguments, mortise_sink answer
) noexcept
{
    if (!kit) return MORTISE_E_NULL;
    try {
        write(answer, kit->box->run(mortise::border::view(what), arguments_of(arguments)));
    } catch (const std::exception& e) {
        write(answer, unexpected(e.what()));
    }
    return MORTISE_OK;
}

void mortise_testkit_close(mortise_testkit* kit) noexcept
{
    delete kit; // NOLINT(cppcoreguidelines-owning-memory): it crossed the border as a plain pointer
}
