/// \file
/// What a plugin's process sends to the host: whatever the bytes are, the link ends, and what the host takes
/// out of a call can be read to its last byte. The number of the function that is called says what is taken.

#include "fuzz_check.hpp"
#include "plugins/runner/generated/struct_layouts.hpp"
#include "plugins/runner/link.hpp"

#include <mortise/value_check.hpp>

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>

using namespace mortise::host;

namespace {

constexpr std::uint32_t called_function = 0x4242;
volatile std::size_t seen = 0;

void read(mortise_text text)
{
    if (text.data == nullptr || text.size > most_argument_bytes) return; // what a check refuses unread
    seen = seen + static_cast<std::size_t>(std::count(text.data, text.data + text.size, 'x'));
}

void read(mortise_tree tree)
{
    if (tree.root == nullptr || tree.bytes > most_argument_bytes) return;
    if (mortise::check_block(tree)) seen = seen + 1;
}

/// As the host's checks do: they step by the size that the first item names, once that size may be one.
template <class Struct>
void read(const IncomingCall::Numbers<Struct>& given)
{
    using Layout = StructLayout<Struct>;
    if (given.items == nullptr || given.count == 0 || given.count > most_span_items) return;
    const std::uint32_t step = given.items->size;
    if (step < Layout::least || step % 8 != 0 || step > 4096) return;
    const auto* item = reinterpret_cast<const char*>(given.items);
    for (std::uint64_t i = 0; i < given.count; ++i, item += step)
        for (const FieldPlace& place : Layout::places) {
            if (place.offset + sizeof(mortise_text) > step) break;
            if (place.shape == FieldPlace::Shape::text)
                read(*reinterpret_cast<const mortise_text*>(item + place.offset));
            else
                read(*reinterpret_cast<const mortise_tree*>(item + place.offset));
        }
}

/// The host's side, which does nothing but look at what it was given.
class Looking final : public LinkOwner {
public:
    mortise_status serve(AbiFunction function, IncomingCall& call) override
    {
        const auto what = static_cast<std::uint32_t>(function);
        for (unsigned int step = 0; step < 4; ++step)
            take((what >> (4 * step)) & 15U, call);
        return call.ok() ? MORTISE_OK : MORTISE_E_INVALID;
    }
    bool may_wait(Link& /*link*/, std::int64_t /*waited_ns*/) noexcept override { return false; }
    mortise_status lost(Link& /*link*/, mortise_error* /*error*/) noexcept override
    {
        return MORTISE_E_CRASHED;
    }

private:
    static void take(unsigned int shape, IncomingCall& call)
    {
        switch (shape) {
        case 1:
            seen = seen + call.u64();
            break;
        case 2:
            read(call.text());
            break;
        case 3:
            read(call.value());
            break;
        case 4:
            read(call.structures<mortise_operation>());
            break;
        case 5:
            read(call.structures<mortise_event_draft>());
            break;
        case 6:
            read(call.structures<mortise_draft>());
            break;
        case 7:
            read(call.structures<mortise_event>());
            break;
        case 8:
            if (auto* result = call.result<std::int64_t>()) *result = 1;
            break;
        case 9: {
            const auto numbers = call.numbers<std::int64_t>();
            if (numbers.items == nullptr || numbers.count > most_span_items) break;
            for (std::uint64_t i = 0; i < numbers.count; ++i)
                seen = seen + static_cast<std::size_t>(numbers.items[i]);
            break;
        }
        case 10:
            if (const auto* unit = call.structure<mortise_unit>()) read(unit->key);
            break;
        case 11:
            static_cast<void>(call.sink());
            break;
        default:
            break;
        }
    }
};

mortise_status take_row(void* /*context*/, mortise_tree item) noexcept
{
    read(item);
    return MORTISE_OK;
}

/// A call into the plugin's process, which answers what the input says.
void call_into(Link& link)
{
    std::int64_t result = 0;
    mortise_error error = mortise::new_error();
    OutgoingCall call{link, static_cast<AbiFunction>(called_function), &error};
    call.run([&result](OutgoingCall& arguments) {
        arguments.put(std::uint32_t{7});
        arguments.put_result(&result);
        arguments.put(mortise_sink{nullptr, &take_row});
    });
}

} // namespace

/// The first byte says whether the plugin calls (even), or answers the host's call.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    if (size == 0) return 0;
    int ends[2];
    FUZZ_CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    const ssize_t sent = ::send(ends[1], data + 1, size - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    FUZZ_CHECK(sent >= 0 || errno == EAGAIN);
    ::shutdown(ends[1], SHUT_WR);
    {
        Looking host;
        Link link{ends[0], host};
        link.look_up_ms = 0;
        if (data[0] % 2 != 0) call_into(link);
        link.serve();
        FUZZ_CHECK(link.trouble() != Link::Trouble::none);
        FUZZ_CHECK(link.depth == 0);
    }
    ::close(ends[1]);
    return 0;
}
