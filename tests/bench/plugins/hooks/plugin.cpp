// As many hooks on new contacts as the build asks for; each looks at one field. Also built as "hook", with
// one.
#include <mortise/plugin.hpp>

namespace {

class Hooks : public mortise::Plugin {
public:
    explicit Hooks(mortise::Host given) : Plugin(std::move(given))
    {
        for (int i = 0; i < MORTISE_BENCH_HOOKS; ++i)
            before(
                "h" + std::to_string(i),
                [](const mortise::Settings&, mortise::Reader&, mortise::Draft& contact) {
                    if (contact["job_title"].text() == "Nobody") contact.refuse("job_title", "bench.nobody");
                }
            );
    }
};

} // namespace

MORTISE_PLUGIN(Hooks)
