// A plugin without the SDK's C++ layer that breaks one promise of the contract, chosen when it is built.
#if HOSTILE_CASE == 7
#define mortise_plugin_open_v1 mortise_plugin_open_v0 // a name that no host looks for
#endif

#include <mortise/abi/mortise.h>

#include <atomic>
#include <csignal>
#include <stdexcept>
#include <unistd.h>

namespace {

[[maybe_unused]] void loop()
{
    static std::atomic<bool> never{false};
    while (!never) { }
}

struct Static {
    Static()
    {
        if (HOSTILE_CASE == 1) std::raise(SIGSEGV);
        if (HOSTILE_CASE == 2) loop();
    }
    ~Static()
    {
        if (HOSTILE_CASE == 3) std::raise(SIGSEGV);
        if (HOSTILE_CASE == 4) loop();
    }
};
const Static at_load;

mortise_status activate(void*, mortise_error*) noexcept
{
    if (HOSTILE_CASE == 5) loop();
    return MORTISE_OK;
}
mortise_status destroy(void*, mortise_error*) noexcept
{
    if (HOSTILE_CASE == 6) loop();
    return MORTISE_OK;
}

[[noreturn, gnu::noinline]] void throw_it()
{
    throw std::runtime_error{"across the border"};
}

} // namespace

mortise_status
mortise_plugin_open_v1(const mortise_host*, mortise_self, mortise_plugin* out, mortise_error*) noexcept
{
    if (HOSTILE_CASE == 8) return MORTISE_OK; // and offers nothing
    if (HOSTILE_CASE == 9) throw_it();
    if (HOSTILE_CASE == 10) return -12345; // a code that nobody knows
    if (HOSTILE_CASE == 11) out->head.size = 0xffffffffU;
    if (HOSTILE_CASE == 12) out->head.size = 0;
    if (HOSTILE_CASE == 13) return MORTISE_E_CRASHED; // which only a host may say
    out->activate = activate;
    out->destroy = destroy;
    return MORTISE_OK;
}
