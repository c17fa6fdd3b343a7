// The box of a runner that closes none, for the tests that must notice it.
#include "plugins/runner/child/close_box.hpp"

namespace mortise::host {

BoxReport close_box(const BoxPlan&) noexcept
{
    return {};
}

} // namespace mortise::host
