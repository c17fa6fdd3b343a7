// Counts new contacts.
#include <mortise/plugin.hpp>

namespace {

class Counter : public mortise::Plugin {
public:
    explicit Counter(mortise::Host given) : Plugin(std::move(given))
    {
        on_batch("made", [this](const mortise::Events& events, mortise::Work&) { m_count += events.size(); });
    }

private:
    std::uint64_t m_count{0};
};

} // namespace

MORTISE_PLUGIN(Counter)
