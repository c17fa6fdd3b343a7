#pragma once

/// \file
/// What a call must pass before it is believed: the checks that the generated code of the host (and of
/// whatever else stands in for it: the test kit, the runner) makes of every argument that a plugin hands
/// over. Plugins do not need this header.

#include <mortise/abi/root.h>
#include <mortise/status.hpp>
#include <mortise/value_block.hpp>
#include <mortise/value_check.hpp>
#include <mortise/value_view.hpp>

#include <cstddef>
#include <cstring>
#include <iterator>
#include <string_view>

namespace mortise::border {

/// How large one argument may be.
struct Limits {
    std::uint64_t text_bytes{1U << 20U};
    std::uint64_t value_bytes{1U << 20U};
    std::uint64_t items{10'000};
};

/// What is wrong with an argument. Points at constants only, so that it costs nothing while all is well.
struct Fault {
    ErrorCode code{ErrorCode::invalid};
    const char* argument{""};
    std::string_view what{};
};

/// Checks arguments one after another; each call gives whether all is well so far.
class Check {
public:
    explicit Check(const Limits& limits) noexcept : m_limits{limits} { }

    bool text(mortise_text text, const char* name) noexcept
    {
        if (text.data == nullptr && text.size != 0) return fail(ErrorCode::null, name, "is null");
        if (text.size > m_limits.text_bytes) return fail(ErrorCode::limit, name, "is too long");
        return is_valid_text({text.data, text.size})
            || fail(ErrorCode::invalid, name, describe(BlockFault::text));
    }
    bool value(mortise_tree tree, const char* name) noexcept
    {
        return tree.root != nullptr ? optional_value(tree, name) : fail(ErrorCode::null, name, "is null");
    }
    bool optional_value(mortise_tree tree, const char* name) noexcept
    {
        if (tree.root == nullptr) return tree.bytes == 0 || fail(ErrorCode::null, name, "is null");
        if (tree.bytes > m_limits.value_bytes) return fail(ErrorCode::limit, name, "is too large");
        const BlockCheck check = check_block(tree, m_limits.value_bytes);
        return check || fail(ErrorCode::invalid, name, describe(check.fault));
    }
    bool sink(mortise_sink sink, const char* name) noexcept
    {
        return sink.write != nullptr || fail(ErrorCode::null, name, "is null");
    }
    bool pointer(const void* pointer, const char* name) noexcept
    {
        return pointer != nullptr || fail(ErrorCode::null, name, "is null");
    }
    bool span(const void* items, std::uint64_t count, const char* name) noexcept
    {
        if (count > m_limits.items) return fail(ErrorCode::limit, name, "has too many items");
        return items != nullptr || count == 0 || fail(ErrorCode::null, name, "is null");
    }
    /// `at` begins with its size in bytes.
    bool structure(const void* at, std::uint32_t least, const char* name) noexcept
    {
        if (at == nullptr) return fail(ErrorCode::null, name, "is null");
        std::uint32_t size = 0;
        std::memcpy(&size, at, sizeof size);
        return (size >= least && size % 8 == 0 && size <= 4096)
            || fail(ErrorCode::size, name, "has a wrong size");
    }
    bool same_size(std::uint32_t size, std::uint32_t first, const char* name) noexcept
    {
        return size == first || fail(ErrorCode::size, name, "has items of different sizes");
    }

    const Fault& fault() const noexcept { return m_fault; }

private:
    bool fail(ErrorCode code, const char* name, std::string_view what) noexcept
    {
        m_fault = {code, name, what};
        return false;
    }

    const Limits& m_limits;
    Fault m_fault;
};

/// A growing struct as we know it: what the writer's release did not have is zero.
template <class Struct>
Struct widened(const Struct& from) noexcept
{
    Struct copy{};
    std::memcpy(&copy, &from, std::min<std::size_t>(from.size, sizeof copy));
    copy.size = sizeof copy;
    return copy;
}

/// The same for a struct that need not be there.
template <class Struct>
Struct widened_or_empty(const Struct* from) noexcept
{
    return from != nullptr ? widened(*from) : Struct{};
}

/// A checked span of growing structs, stepped through by the writer's size. Items are copies, widened.
template <class Struct>
class Items {
public:
    class Iterator {
    public:
        using value_type = Struct;
        using difference_type = std::ptrdiff_t;

        Iterator() = default;
        Iterator(const std::byte* at, std::size_t step) noexcept : m_at{at}, m_step{step} { }
        Struct operator*() const noexcept { return widened(*reinterpret_cast<const Struct*>(m_at)); }
        Iterator& operator++() noexcept
        {
            m_at += m_step;
            return *this;
        }
        Iterator operator++(int) noexcept
        {
            Iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const Iterator&, const Iterator&) = default;

    private:
        const std::byte* m_at{nullptr};
        std::size_t m_step{0};
    };

    Items(const Struct* first, std::uint64_t count) noexcept
        : m_first{reinterpret_cast<const std::byte*>(first)},
          m_count{count},
          m_step{count > 0 ? first->size : 0}
    {
    }

    std::size_t size() const noexcept { return m_count; }
    bool empty() const noexcept { return m_count == 0; }
    Struct operator[](std::size_t index) const noexcept
    {
        return *Iterator{m_first + index * m_step, m_step};
    }
    Iterator begin() const noexcept { return {m_first, m_step}; }
    Iterator end() const noexcept { return {m_first + m_count * m_step, m_step}; }

private:
    const std::byte* m_first;
    std::size_t m_count;
    std::size_t m_step;
};

constexpr std::string_view view(mortise_text text) noexcept
{
    return {text.data, text.size};
}

/// A sink of the other side, called from ours.
class Sink {
public:
    explicit Sink(mortise_sink sink) noexcept : m_sink{sink} { }

    /// Hands one value over. An error asks to stop: give it back from the call.
    Result<void> write(mortise_tree item) const
    {
        const mortise_status status = m_sink.write(m_sink.context, item);
        if (status >= 0) return {};
        return Error{ErrorCode::cancelled, "the receiver stopped", {}, {}, {}};
    }
    Result<void> write(const ValueBlock& item) const { return write(item.tree()); }

private:
    mortise_sink m_sink;
};

/// A sink of ours that is handed to a plugin: only sound values pass.
class CheckedSink {
public:
    CheckedSink(mortise_sink target, const Limits& limits) noexcept : m_target{target}, m_limits{limits} { }
    CheckedSink(const CheckedSink&) = delete;
    CheckedSink& operator=(const CheckedSink&) = delete;
    ~CheckedSink() = default;

    mortise_sink sink() noexcept { return {this, &take}; }
    /// Whether everything that came was sound.
    bool ok() const noexcept { return m_ok; }

private:
    static mortise_status take(void* context, mortise_tree item) noexcept
    {
        auto& self = *static_cast<CheckedSink*>(context);
        Check check{self.m_limits};
        if (check.value(item, "item")) return self.m_target.write(self.m_target.context, item);
        self.m_ok = false;
        return to_status(check.fault().code);
    }

    mortise_sink m_target;
    const Limits& m_limits;
    bool m_ok{true};
};

/// Whether a table that is `size` bytes long has a function at `offset`, and it is not null.
template <class Function>
bool offers(std::uint32_t size, std::size_t offset, Function function) noexcept
{
    return offset + sizeof function <= size && function != nullptr;
}

/// A status that a plugin gave, as the host believes it: what only a host may say, and what nobody knows, is
/// INVALID.
constexpr mortise_status believed(mortise_status status) noexcept
{
    if (status >= 0) return MORTISE_OK;
    switch (status) {
    case MORTISE_E_THREAD:
    case MORTISE_E_REVOKED:
    case MORTISE_E_TIMEOUT:
    case MORTISE_E_CRASHED:
    case MORTISE_E_DEADLOCK:
        return MORTISE_E_INVALID;
    default:
        return status >= MORTISE_E_INTERNAL ? status : mortise_status{MORTISE_E_INVALID};
    }
}

} // namespace mortise::border
