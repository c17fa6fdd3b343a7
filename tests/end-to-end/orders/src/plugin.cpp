#include <mortise/plugin.hpp>

namespace {

using namespace mortise;

class Orders : public Plugin {
public:
    explicit Orders(Host given) : Plugin{std::move(given)}
    {
        command("orders.place", [](const Arguments& arguments, Work& work) {
            for (const ValueView order : arguments["orders"].items()) {
                const Id contact = id_of(order["contact"]);
                const Instant at{order["at"].integer() * 1'000'000};
                work.publish(
                    "order.placed",
                    contact,
                    {{"total", order["total"].value()}, {"items", order["items"].value()}},
                    {},
                    at
                );
            }
        });
    }
};

} // namespace

MORTISE_PLUGIN(Orders)
