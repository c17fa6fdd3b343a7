#include "plugins/runner/wire.hpp"

#include <algorithm>
#include <bit>

namespace mortise::host {

namespace {

/// Stands for what was not sent; nobody looks into it, because its size is refused first.
alignas(8) constinit const std::array<unsigned char, 16> nothing{};

constexpr std::uint64_t endless = ~std::uint64_t{7};

void* at_offset(void* base, std::uint64_t offset) noexcept
{
    return static_cast<std::byte*>(base) + offset;
}

const void* at_offset(const void* base, std::uint64_t offset) noexcept
{
    return static_cast<const std::byte*>(base) + offset;
}

std::uint32_t size_of_struct(const void* at) noexcept
{
    std::uint32_t size = 0;
    std::memcpy(&size, at, sizeof size);
    return size;
}

/// What `border::Check::structure` lets pass.
bool may_be_struct(std::uint32_t size, std::uint32_t least) noexcept
{
    return size >= least && size % 8 == 0 && size <= 4096;
}

} // namespace

bool WireWriter::head(const void* data, std::uint64_t size, bool fits)
{
    const WireState state = data == nullptr ? WireState::null
        : fits                              ? WireState::given
                                            : WireState::too_large;
    word(static_cast<std::uint64_t>(state));
    word(size);
    return state == WireState::given;
}

void WireWriter::text(mortise_text text)
{
    if (head(text.data, text.size, text.size <= most_argument_bytes)) bytes(text.data, text.size);
}

void WireWriter::tree(mortise_tree tree)
{
    if (tree.root != nullptr && std::bit_cast<std::uintptr_t>(tree.root) % 8 != 0) {
        word(static_cast<std::uint64_t>(WireState::crooked));
        word(tree.bytes);
    } else if (head(tree.root, tree.bytes, tree.bytes <= most_argument_bytes))
        bytes(tree.root, tree.bytes);
}

void WireWriter::numbers(const void* items, std::uint64_t count)
{
    if (head(items, count, count <= most_span_items)) bytes(items, count * 8);
}

void WireWriter::structures(
    const void* items,
    std::uint64_t count,
    std::uint32_t known,
    std::uint32_t least,
    const FieldPlace* places,
    std::size_t place_count
)
{
    if (items != nullptr && count > 0) {
        const std::uint32_t size = size_of_struct(items);
        if (!may_be_struct(size, least)) {
            word(static_cast<std::uint64_t>(WireState::misshapen));
            word(count);
            word(size);
            return;
        }
    }
    if (!head(items, count, count <= most_span_items) || count == 0) return;
    const std::uint32_t step = size_of_struct(items);
    const std::uint32_t sent = std::min(step, known); // what this build does not know nobody here can follow
    word(sent);
    for (std::uint64_t i = 0; i < count; ++i) {
        const void* item = at_offset(items, i * step);
        const std::size_t place = m_words.size();
        bytes(item, sent);
        std::uint32_t size = size_of_struct(item);
        if (size == step)
            size = sent;
        else if (size == sent)
            size = 0; // still another one than the first item's
        std::memcpy(m_words.data() + place, &size, sizeof size);
        for (const FieldPlace& field : std::span{places, place_count}) {
            if (field.offset + sizeof(mortise_text) > sent) break;
            if (field.shape == FieldPlace::Shape::text) {
                mortise_text given{};
                std::memcpy(&given, at_offset(item, field.offset), sizeof given);
                text(given);
            } else {
                mortise_tree given{};
                std::memcpy(&given, at_offset(item, field.offset), sizeof given);
                tree(given);
            }
        }
    }
}

std::uint64_t WireReader::word() noexcept
{
    if (m_at == m_end) {
        m_ok = false;
        return 0;
    }
    return *m_at++;
}

const void* WireReader::bytes(std::uint64_t size) noexcept
{
    if (!m_ok || size > left()) {
        m_ok = false;
        return nullptr;
    }
    const void* at = m_at;
    m_at += (size + 7) / 8;
    return at;
}

WireReader::Head WireReader::head() noexcept
{
    const std::uint64_t state = word();
    const std::uint64_t size = word();
    if (state > static_cast<std::uint64_t>(WireState::misshapen)) m_ok = false;
    if (!m_ok) return {};
    return {static_cast<WireState>(state), size};
}

mortise_text WireReader::text() noexcept
{
    const Head given = head();
    switch (given.state) {
    case WireState::given: {
        const void* data = bytes(given.size);
        return data != nullptr ? mortise_text{static_cast<const char*>(data), given.size} : mortise_text{};
    }
    case WireState::null:
        return {nullptr, given.size};
    case WireState::too_large:
        return {reinterpret_cast<const char*>(nothing.data()), endless};
    case WireState::crooked:
    case WireState::misshapen:
        m_ok = false;
    }
    return {};
}

mortise_tree WireReader::tree() noexcept
{
    const auto root = [](const void* at) { return static_cast<const mortise_value*>(at); };
    const Head given = head();
    switch (given.state) {
    case WireState::given: {
        const void* data = bytes(given.size);
        return data != nullptr ? mortise_tree{root(data), given.size} : mortise_tree{};
    }
    case WireState::null:
        return {nullptr, given.size};
    case WireState::too_large:
        return {root(nothing.data()), endless};
    case WireState::crooked:
        return {root(nothing.data() + 1), given.size};
    case WireState::misshapen:
        m_ok = false;
    }
    return {};
}

WireReader::Span WireReader::numbers() noexcept
{
    const Head given = head();
    switch (given.state) {
    case WireState::given: {
        if (given.size > most_span_items) break;
        const void* data = bytes(given.size * 8);
        return data != nullptr ? Span{data, given.size} : Span{};
    }
    case WireState::null:
        return {nullptr, given.size};
    case WireState::too_large:
        return {nothing.data(), endless};
    case WireState::crooked:
    case WireState::misshapen:
        break;
    }
    m_ok = false;
    return {};
}

WireReader::Span WireReader::structures(
    std::uint32_t known, std::uint32_t least, const FieldPlace* places, std::size_t place_count
)
{
    const Head given = head();
    if (!m_ok) return {};
    if (given.state == WireState::null) return {nullptr, given.size};
    if (given.state == WireState::too_large) return {nothing.data(), endless};
    if (given.state == WireState::misshapen) {
        const auto size = static_cast<std::uint32_t>(word());
        // There is one item, however many are named: the checks must refuse it before they step to a second.
        if (may_be_struct(size, least)) m_ok = false;
        if (!m_ok) return {};
        auto& item = m_structs.emplace_back((std::size_t{known} + 7) / 8);
        std::memcpy(item.data(), &size, sizeof size);
        return {item.data(), given.size};
    }
    if (given.state != WireState::given) {
        m_ok = false;
        return {};
    }
    if (given.size == 0) return {nothing.data(), 0};
    const std::uint64_t sent = word();
    if (sent < 8 || sent > known || sent % 8 != 0 || given.size > left() / sent) {
        m_ok = false;
        return {};
    }
    // As large as this build's, whatever came: the checks step by the size that the first item names.
    auto& items = m_structs.emplace_back((given.size * sent + known) / 8);
    for (std::uint64_t i = 0; i < given.size && m_ok; ++i) {
        void* item = at_offset(items.data(), i * sent);
        const void* raw = bytes(sent);
        if (raw == nullptr) break;
        std::memcpy(item, raw, sent);
        for (const FieldPlace& field : std::span{places, place_count}) {
            if (field.offset + sizeof(mortise_text) > sent) break;
            if (field.shape == FieldPlace::Shape::text) {
                const mortise_text found = text();
                std::memcpy(at_offset(item, field.offset), &found, sizeof found);
            } else {
                const mortise_tree found = tree();
                std::memcpy(at_offset(item, field.offset), &found, sizeof found);
            }
        }
    }
    // The first item's size decides where the others lie.
    if (m_ok && size_of_struct(items.data()) != sent) m_ok = false;
    return m_ok ? Span{items.data(), given.size} : Span{};
}

} // namespace mortise::host
