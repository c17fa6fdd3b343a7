// A good plugin that hears of another plugin's doing: that one, too, has handlers, which call the host. What
// it declares of its values (a list, bounds, a pattern, a constant) it relies on, as a plugin may.
#include <mortise/plugin.hpp>

#include <cstdint>
#include <string_view>

namespace {

[[noreturn]] void never(const char* what)
{
    throw std::logic_error{what};
}

std::int64_t weight_of(std::string_view reason)
{
    if (reason == "price") return 10;
    if (reason == "timing") return 15;
    return reason == "rival" ? 20 : 0;
}

void expect_code(std::string_view code)
{
    if (code.size() != 6 || !code.starts_with("L-")) never("a code that the pattern does not take");
}

class Losses : public mortise::Plugin {
public:
    explicit Losses(mortise::Host given) : Plugin{std::move(given)}
    {
        on("count", [this](const mortise::Event& event, mortise::Work& work) { count(event, work); });
        command("losses.tell", [this](const mortise::Arguments& arguments, mortise::Work& work) {
            return tell(arguments, work);
        });
    }

private:
    /// An entry for each event with a contact. Whether it has one depends on when it was written: not on when
    /// it is handled.
    void count(const mortise::Event& event, mortise::Work& work) const
    {
        const bool is_told = event.type() == "losses.told";
        if (is_told) expect_code(event["code"].text());
        const mortise::Id contact = is_told ? event.subject() : event.links()["contact"].id();
        const auto number = static_cast<std::int64_t>(event.sequence());
        if (!contact || !mortise::require(host().find("losses_entry", "event", number)).empty()) return;
        if (!mortise::if_found(host().get("contact", contact, {"id"}))) return; // deleted meanwhile
        const std::int64_t weight = is_told ? event["weight"].integer() : 1;
        if (is_told && (weight < 10 || weight > 20 || weight % 5 != 0)) never("a weight out of bounds");
        work.create("losses_entry", {{"contact", contact}, {"event", number}, {"weight", weight}});
    }

    mortise::Value tell(const mortise::Arguments& arguments, mortise::Work& work) const
    {
        const std::int64_t weight = weight_of(arguments["reason"].text());
        if (weight == 0) never("a reason that is not in the list");
        expect_code(arguments["code"].text());
        if (arguments["again"].boolean()) never("another value than the only one");
        const mortise::Id contact = arguments.id("contact");
        mortise::require(host().get("contact", contact, {"id"})); // not_found if there is none
        work.publish(
            "losses.told",
            contact,
            {{"reason", arguments["reason"].text()}, {"weight", weight}, {"code", arguments["code"].text()}}
        );
        return mortise::Map{{"weight", weight}};
    }
};

} // namespace

MORTISE_PLUGIN(Losses)
