#include "commands/question_commands.hpp"
#include "commands/segment_commands.hpp"
#include "segments/keeper.hpp"

#include <mortise/plugin.hpp>

namespace mortise::plugins::segmentation {

namespace {

/// Binds what plugin.json declares. Everything else is in the folders beside this file.
class Segmentation : public Plugin {
public:
    explicit Segmentation(Host given) : Plugin{std::move(given)}, m_keeper{host()}
    {
        before("segment.create", [](const Settings&, Reader&, Draft& draft) { check_segment(draft); });
        before("segment.update", [](const Settings&, Reader&, Draft& draft) { check_segment(draft); });
        on_batch("changes", [this](const Events& events, Work& work) { m_keeper.take(events, work); });
        bind_commands();
        // A job has a thread of its own; what it wakes belongs to the strand.
        job("segmentation.wake", [this](Job&) { require(host().post("segmentation.come_due")); });
    }

    void activate() override { m_keeper.resume(); }

private:
    void bind_commands()
    {
        write("segmentation.create_segment", create_segment);
        write("segmentation.define_segment", define_segment);
        write("segmentation.add_contacts", add_contacts);
        write("segmentation.remove_contacts", remove_contacts);
        write("segmentation.take_snapshot", take_snapshot);
        write("segmentation.copy_members", copy_members);
        read("segmentation.preview", preview);
        read("segmentation.explain", explain);
        read("segmentation.members", members);
        read("segmentation.overlap", overlap);
        read("segmentation.growth", growth);
        command("segmentation.rebuild", [this](const Arguments& arguments, Work& work) {
            const Id segment = require_segment(host(), arguments["segment"].value());
            return m_keeper.rebuild(segment, id_of(arguments["after"]).number, work);
        });
        command("segmentation.come_due", [this](const Arguments&, Work& work) {
            return m_keeper.come_due(work);
        });
    }

    void write(std::string_view name, Value (*run)(const Host&, const Arguments&, Work&))
    {
        command(name, [this, run](const Arguments& arguments, Work& work) {
            return run(host(), arguments, work);
        });
    }
    void read(std::string_view name, Value (*run)(const Host&, const Arguments&))
    {
        command(name, [this, run](const Arguments& arguments) { return run(host(), arguments); });
    }

    Keeper m_keeper;
};

} // namespace

} // namespace mortise::plugins::segmentation

MORTISE_PLUGIN(mortise::plugins::segmentation::Segmentation)
