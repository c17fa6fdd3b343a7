#include "plugins/runner/link.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <limits>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mortise::host {

namespace {

/// Rows of a sink that go ahead of the answer together.
constexpr std::uint64_t most_row_bytes = std::uint64_t{64} << 10;
/// Calls within calls on one link.
constexpr int most_depth = 64;

thread_local int relayed_sinks = 0;

struct Head {
    std::uint32_t kind;
    std::uint32_t function;
    std::int32_t status;
    std::uint32_t words;
};

std::int64_t now_ns() noexcept
{
    return std::chrono::steady_clock::now().time_since_epoch().count();
}

} // namespace

bool is_in_relayed_sink() noexcept
{
    return relayed_sinks > 0;
}

Link::~Link()
{
    ::close(m_socket);
}

void Link::shut() const noexcept
{
    ::shutdown(m_socket, SHUT_RDWR);
}

bool Link::fail(Trouble trouble) noexcept
{
    if (m_trouble == Trouble::none) m_trouble = trouble;
    return false;
}

/// Waits until the socket is ready; the time counts against the outermost call.
bool Link::wait(short what)
{
    // A look that takes more than twice its time shows that the machine stood still: nobody is charged for
    // that.
    const std::int64_t longest_look
        = look_up_ms < 0 ? std::numeric_limits<std::int64_t>::max() : std::int64_t{look_up_ms} * 2'000'000;
    pollfd both[2]{{m_socket, what, 0}, {end_signal, POLLIN, 0}};
    while (true) {
        const std::int64_t start = now_ns();
        const int ready = ::poll(both, end_signal < 0 ? 1 : 2, look_up_ms);
        m_waited += std::min(now_ns() - start, longest_look);
        if (ready > 0) return both[0].revents != 0 || fail(Trouble::gone);
        if (ready < 0 && errno != EINTR) return fail(Trouble::gone);
        if (!m_owner.may_wait(*this, m_waited)) return fail(Trouble::overdue);
    }
}

bool Link::send(Kind kind, AbiFunction function, std::int32_t status, const std::vector<std::uint64_t>& body)
{
    Head head{
        static_cast<std::uint32_t>(kind),
        static_cast<std::uint32_t>(function),
        status,
        static_cast<std::uint32_t>(body.size())
    };
    const std::size_t body_bytes = body.size() * 8;
    std::size_t sent = 0;
    while (sent < sizeof head + body_bytes) {
        iovec parts[2]{
            {reinterpret_cast<char*>(&head) + std::min(sent, sizeof head),
             sizeof head - std::min(sent, sizeof head)},
            {const_cast<std::uint64_t*>(body.data()), body_bytes} // sendmsg only reads
        };
        if (sent > sizeof head) {
            parts[1].iov_base = static_cast<char*>(parts[1].iov_base) + (sent - sizeof head);
            parts[1].iov_len -= sent - sizeof head;
        }
        msghdr message{};
        message.msg_iov = parts;
        message.msg_iovlen = 2;
        const ssize_t taken = ::sendmsg(m_socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (taken >= 0)
            sent += static_cast<std::size_t>(taken);
        else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!wait(POLLOUT)) return false;
        } else if (errno != EINTR)
            return fail(Trouble::gone);
    }
    return true;
}

bool Link::transfer_in(void* to, std::size_t size)
{
    auto* at = static_cast<char*>(to);
    while (size > 0) {
        const ssize_t got = ::recv(m_socket, at, size, MSG_DONTWAIT);
        if (got > 0) {
            at += got;
            size -= static_cast<std::size_t>(got);
        } else if (got == 0)
            return fail(Trouble::gone);
        else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!wait(POLLIN)) return false;
        } else if (errno != EINTR)
            return fail(Trouble::gone);
    }
    return true;
}

bool Link::receive(Message& message)
{
    Head head{};
    if (!transfer_in(&head, sizeof head)) return false;
    if (head.kind > static_cast<std::uint32_t>(Kind::rows_taken)
        || std::uint64_t{head.words} * 8 > most_message_bytes)
        return fail(Trouble::broken);
    message.kind = static_cast<Kind>(head.kind);
    message.function = static_cast<AbiFunction>(head.function);
    message.status = head.status;
    message.body.resize(head.words);
    return transfer_in(message.body.data(), message.body.size() * 8);
}

void Link::serve()
{
    Message message;
    while (m_trouble == Trouble::none && receive(message)) {
        if (message.kind != Kind::call) {
            fail(Trouble::broken);
            return;
        }
        answer(message);
    }
}

void Link::answer(const Message& message)
{
    IncomingCall call{*this, message.body};
    ++depth;
    const mortise_status status = depth <= most_depth
        ? m_owner.serve(message.function, call)
        : report(call.error(), ErrorCode::limit, "runner.depth", {}, "calls within calls go too deep");
    --depth;
    if (m_trouble == Trouble::none) send(Kind::answer, message.function, status, call.answer(status));
}

void OutgoingCall::put(double value)
{
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    m_out.word(bits);
}

void OutgoingCall::put(mortise_sink sink)
{
    m_out.word(sink.write != nullptr ? 1 : 0);
    m_sinks.push_back({sink});
}

void OutgoingCall::put_result(void* at, std::size_t size)
{
    std::uint64_t value = 0;
    if (at != nullptr) std::memcpy(&value, at, size);
    m_out.word(at != nullptr ? 1 : 0);
    m_out.word(value);
    m_results.push_back({at, size});
}

mortise_status OutgoingCall::lost()
{
    --m_link.depth;
    return m_link.m_owner.lost(m_link, m_error);
}

mortise_status OutgoingCall::finish()
{
    if (m_out.words().size() * 8 > most_message_bytes)
        return report(
            m_error, ErrorCode::limit, "runner.message", {}, "the arguments are too large together"
        );
    if (m_link.depth == 0) m_link.m_waited = 0;
    ++m_link.depth;
    if (!m_link.send(Link::Kind::call, m_function, 0, m_out.words())) return lost();
    Link::Message message;
    while (m_link.receive(message)) {
        if (message.kind == Link::Kind::call) {
            m_link.answer(message);
            if (m_link.trouble() != Link::Trouble::none) break;
            continue;
        }
        WireReader in{message.body};
        if (message.kind == Link::Kind::answer && message.function == m_function) {
            const mortise_status status = take_answer(in, message.status);
            if (m_link.trouble() != Link::Trouble::none) break;
            --m_link.depth;
            return status;
        }
        const std::uint64_t number = message.kind == Link::Kind::rows ? in.word() : m_sinks.size();
        if (!in.ok() || number >= m_sinks.size() || !take_rows(in, m_sinks[number])) {
            m_link.fail(Link::Trouble::broken);
            break;
        }
        if (!m_link.send(Link::Kind::rows_taken, m_function, m_sinks[number].stopped, {})) break;
    }
    return lost();
}

bool OutgoingCall::take_rows(WireReader& rows, Receiver& receiver)
{
    const std::uint64_t count = rows.word();
    for (std::uint64_t i = 0; i < count && rows.ok(); ++i) {
        const mortise_tree item = rows.tree();
        if (!rows.ok() || receiver.sink.write == nullptr) return false;
        if (receiver.stopped < 0) continue;
        ++relayed_sinks;
        receiver.stopped = receiver.sink.write(receiver.sink.context, item);
        --relayed_sinks;
    }
    return rows.ok();
}

mortise_status OutgoingCall::take_answer(WireReader& answer, mortise_status status)
{
    const auto view = [](mortise_text text) { return std::string_view{text.data, text.size}; };
    const bool has_words = answer.word() != 0;
    std::string_view key;
    std::string_view where;
    std::string_view message;
    if (has_words) {
        key = view(answer.text());
        where = view(answer.text());
        message = view(answer.text());
    }
    for (const Result& result : m_results) {
        const std::uint64_t value = answer.word();
        if (answer.ok() && result.at != nullptr) std::memcpy(result.at, &value, result.size);
    }
    for (Receiver& receiver : m_sinks)
        if (answer.ok() && !take_rows(answer, receiver)) m_link.fail(Link::Trouble::broken);
    if (!answer.ok() || !answer.at_end()) {
        m_link.fail(Link::Trouble::broken);
        return MORTISE_OK;
    }
    if (status < 0) {
        if (has_words) report(m_error, error_code(status), key, where, message);
        return status;
    }
    // A stop that the producer could not learn in time: it counts all the same.
    for (const Receiver& receiver : m_sinks)
        if (receiver.stopped < 0)
            return report(m_error, ErrorCode::cancelled, {}, {}, "the receiver stopped");
    return status;
}

mortise_status RelaySink::take(void* context, mortise_tree item) noexcept
{
    auto& self = *static_cast<RelaySink*>(context);
    if (self.m_stopped < 0) return self.m_stopped;
    if (item.root == nullptr) return MORTISE_E_NULL;
    if (item.bytes > most_argument_bytes) return MORTISE_E_LIMIT;
    try {
        if (self.m_count > 0 && self.m_bytes + item.bytes > most_row_bytes && !self.flush())
            self.m_stopped = MORTISE_E_CANCELLED;
        if (self.m_stopped < 0) return self.m_stopped;
        self.m_rows.tree(item);
        self.m_bytes += item.bytes;
        ++self.m_count;
        return MORTISE_OK;
    } catch (const std::exception&) {
        return MORTISE_E_LIMIT;
    }
}

bool RelaySink::flush()
{
    WireWriter out;
    out.word(m_number);
    put_rest(out);
    m_rows = {};
    m_count = m_bytes = 0;
    if (!m_link.send(Link::Kind::rows, {}, 0, out.words())) return false;
    Link::Message taken;
    if (!m_link.receive(taken)) return false;
    if (taken.kind != Link::Kind::rows_taken) return m_link.fail(Link::Trouble::broken);
    m_stopped = taken.status;
    return true;
}

void RelaySink::put_rest(WireWriter& out) const
{
    out.word(m_count);
    out.words().insert(out.words().end(), m_rows.words().begin(), m_rows.words().end());
}

double IncomingCall::f64() noexcept
{
    const std::uint64_t bits = m_in.word();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

mortise_sink IncomingCall::sink()
{
    const bool is_given = m_in.word() != 0;
    RelaySink& relay = m_sinks.emplace_back(m_link, m_sinks.size());
    return is_given ? relay.sink() : mortise_sink{};
}

void* IncomingCall::result(std::size_t size)
{
    const bool is_given = m_in.word() != 0;
    std::uint64_t& value = m_results.emplace_back(m_in.word());
    static_cast<void>(size); // little-endian: the number's bytes are the first ones
    return is_given ? &value : nullptr;
}

std::vector<std::uint64_t> IncomingCall::answer(mortise_status status)
{
    WireWriter out;
    const bool has_words = status < 0 && m_has_error;
    out.word(has_words ? 1 : 0);
    if (has_words) {
        const auto put = [&out](std::string_view text) { out.text({text.data(), text.size()}); };
        put(detail::read_text(m_error.key));
        put(detail::read_text(m_error.where));
        put(detail::read_text(m_error.message));
    }
    for (const std::uint64_t result : m_results)
        out.word(result);
    for (const RelaySink& sink : m_sinks)
        sink.put_rest(out);
    return std::move(out.words());
}

} // namespace mortise::host
