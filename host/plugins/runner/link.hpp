#pragma once

/// \file
/// `Link`: one end of a chain of calls between the host and a plugin's process. Calls nest: while one side
/// waits for its answer it serves what the other side asks on the same link, on the same thread. What the
/// generated callers and servers are built on is here too: `OutgoingCall` and `IncomingCall`.

#include "plugins/generated/abi_functions.hpp"
#include "plugins/runner/wire.hpp"

#include <mortise/abi/error.h>
#include <mortise/abi/root.h>

#include <deque>
#include <exception>
#include <string_view>
#include <vector>

namespace mortise::host {

/// Calls of the wire that are no function of the contract.
inline constexpr auto wire_query
    = static_cast<AbiFunction>(0xffff); ///< plugin: a table of the host by its id
inline constexpr auto wire_open = static_cast<AbiFunction>(0xfffe); ///< host: mortise_plugin_open_v1
/// In the place of the tier that is wanted: tell of the box, and load nothing.
inline constexpr std::uint32_t wire_only_look = ~std::uint32_t{0};

class IncomingCall;
class Link;

/// What a link needs of its side.
class LinkOwner {
public:
    LinkOwner() = default;
    LinkOwner(const LinkOwner&) = delete;
    LinkOwner& operator=(const LinkOwner&) = delete;
    virtual ~LinkOwner() = default;

    virtual mortise_status serve(AbiFunction function, IncomingCall& call) = 0;
    /// Waiting goes on for `waited_ns` in the present outermost call. False: no longer.
    virtual bool may_wait(Link& link, std::int64_t waited_ns) noexcept = 0;
    /// The other side is gone, broke the protocol, or was not waited for. Gives what the call answers.
    virtual mortise_status lost(Link& link, mortise_error* error) noexcept = 0;
};

/// Thread-safety: belongs to one thread at a time.
class Link {
public:
    enum class Trouble : std::uint8_t { none, gone, overdue, broken };

    /// Owns `socket`.
    Link(int socket, LinkOwner& owner) noexcept : m_socket{socket}, m_owner{owner} { }
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    ~Link();

    /// Serves calls until the other side closes.
    void serve();

    Trouble trouble() const noexcept { return m_trouble; }
    int socket() const noexcept { return m_socket; }
    /// Makes whoever waits on it, on either side, learn that it has ended. From any thread.
    void shut() const noexcept;

    /// What the present outermost call may wait for the other side; 0: for ever.
    std::int64_t budget_ns{0};
    /// How often who waits asks its owner whether it may go on; -1: never.
    int look_up_ms{-1};
    /// Something else whose being readable ends the link; -1: nothing.
    int end_signal{-1};
    /// How many calls are under way in both directions.
    int depth{0};

private:
    friend class OutgoingCall;
    friend class RelaySink;

    enum class Kind : std::uint32_t { call, answer, rows, rows_taken };
    struct Message {
        Kind kind{Kind::call};
        AbiFunction function{};
        std::int32_t status{0};
        std::vector<std::uint64_t> body{};
    };

    bool send(Kind kind, AbiFunction function, std::int32_t status, const std::vector<std::uint64_t>& body);
    bool receive(Message& message);
    bool wait(short what);
    bool transfer_in(void* to, std::size_t size);
    bool fail(Trouble trouble) noexcept;
    void answer(const Message& message);

    int m_socket;
    LinkOwner& m_owner;
    Trouble m_trouble{Trouble::none};
    std::int64_t m_waited{0};
};

/// Whether this thread is inside of a sink that rows from the other side are handed to: nothing may be called
/// then.
bool is_in_relayed_sink() noexcept;

/// One call to the other side. Arguments are put in their order.
class OutgoingCall {
public:
    OutgoingCall(Link& link, AbiFunction function, mortise_error* error) noexcept
        : m_link{link},
          m_function{function},
          m_error{error}
    {
    }

    /// Puts the arguments, sends the call and waits for its answer.
    template <class Arguments>
    mortise_status run(Arguments&& put) noexcept
    {
        try {
            m_out.word(m_error != nullptr ? 1 : 0);
            put(*this);
            return finish();
        } catch (const std::exception& failure) {
            return report(m_error, ErrorCode::limit, "runner.memory", {}, failure.what());
        }
    }

    void put(std::uint32_t value) { m_out.word(value); }
    void put(std::int32_t value) { m_out.word(static_cast<std::uint64_t>(std::int64_t{value})); }
    void put(std::uint64_t value) { m_out.word(value); }
    void put(std::int64_t value) { m_out.word(static_cast<std::uint64_t>(value)); }
    void put(double value);
    void put(mortise_text text) { m_out.text(text); }
    void put(mortise_tree tree) { m_out.tree(tree); }
    void put(mortise_sink sink);
    /// A number that the other side may write.
    template <class Number>
    void put_result(Number* at)
    {
        put_result(at, sizeof(Number));
    }
    template <class Number>
    void put_numbers(const Number* items, std::uint64_t count)
    {
        static_assert(sizeof(Number) == 8);
        m_out.numbers(items, count);
    }
    template <class Struct>
    void put_structure(const Struct* item)
    {
        m_out.structures(item, 1);
    }
    template <class Struct>
    void put_structures(const Struct* items, std::uint64_t count)
    {
        m_out.structures(items, count);
    }

private:
    struct Result {
        void* at{nullptr};
        std::size_t size{0};
    };
    struct Receiver {
        mortise_sink sink{};
        mortise_status stopped{MORTISE_OK};
    };

    void put_result(void* at, std::size_t size);
    mortise_status finish();
    mortise_status lost();
    bool take_rows(WireReader& rows, Receiver& receiver);
    mortise_status take_answer(WireReader& answer, mortise_status status);

    Link& m_link;
    AbiFunction m_function;
    mortise_error* m_error;
    WireWriter m_out;
    std::vector<Result> m_results;
    std::vector<Receiver> m_sinks;
};

/// A sink whose receiver is on the other side. Rows ride with the answer; when there are many, some go ahead.
class RelaySink {
public:
    RelaySink(Link& link, std::uint64_t number) noexcept : m_link{link}, m_number{number} { }
    RelaySink(const RelaySink&) = delete;
    RelaySink& operator=(const RelaySink&) = delete;
    ~RelaySink() = default;

    mortise_sink sink() noexcept { return {this, &take}; }
    void put_rest(WireWriter& out) const;

private:
    static mortise_status take(void* context, mortise_tree item) noexcept;
    bool flush();

    Link& m_link;
    std::uint64_t m_number;
    std::uint64_t m_count{0};
    std::uint64_t m_bytes{0};
    WireWriter m_rows;
    mortise_status m_stopped{MORTISE_OK};
};

/// One call of the other side. Arguments are taken in their order; then `ok()` tells whether they could be
/// read.
class IncomingCall {
public:
    IncomingCall(Link& link, const std::vector<std::uint64_t>& body) : m_link{link}, m_in{body}
    {
        m_has_error = m_in.word() != 0;
    }

    std::uint32_t u32() noexcept { return static_cast<std::uint32_t>(m_in.word()); }
    std::int32_t i32() noexcept { return static_cast<std::int32_t>(m_in.word()); }
    std::uint64_t u64() noexcept { return m_in.word(); }
    std::int64_t i64() noexcept { return static_cast<std::int64_t>(m_in.word()); }
    double f64() noexcept;
    mortise_text text() noexcept { return m_in.text(); }
    mortise_tree value() noexcept { return m_in.tree(); }
    mortise_sink sink();
    template <class Number>
    struct Numbers {
        const Number* items{nullptr};
        std::uint64_t count{0};
    };
    template <class Number>
    Numbers<Number> numbers() noexcept
    {
        const WireReader::Span span = m_in.numbers();
        return {static_cast<const Number*>(span.items), span.count};
    }
    template <class Struct>
    Numbers<Struct> structures()
    {
        const WireReader::Span span = m_in.structures<Struct>();
        return {static_cast<const Struct*>(span.items), span.count};
    }
    template <class Struct>
    const Struct* structure()
    {
        const auto found = structures<Struct>();
        if (found.items != nullptr && found.count != 1) m_is_broken = true;
        return found.items;
    }
    template <class Number>
    Number* result()
    {
        return static_cast<Number*>(result(sizeof(Number)));
    }

    bool ok() const noexcept { return m_in.ok() && m_in.at_end() && !m_is_broken; }
    mortise_error* error() noexcept { return m_has_error ? &m_error : nullptr; }
    const Link& link() const noexcept { return m_link; }

    /// The body of the answer.
    std::vector<std::uint64_t> answer(mortise_status status);

private:
    void* result(std::size_t size);

    Link& m_link;
    WireReader m_in;
    bool m_has_error{false};
    bool m_is_broken{false};
    mortise_error m_error{new_error()};
    std::deque<std::uint64_t> m_results;
    std::deque<RelaySink> m_sinks;
};

} // namespace mortise::host
