#pragma once

/// \file
/// `mortise::ValueView`: a value that another side wrote, read in place and without copying. It is as wide as
/// a pointer and lives as long as the block that it looks into: usually for the call that handed it in.

#include <mortise/abi/value.h>
#include <mortise/value.hpp>

#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace mortise {

/// FNV-1a, 32 bits: the hash of keys in a block, fixed for ever.
constexpr std::uint32_t key_hash(std::string_view key) noexcept
{
    std::uint32_t hash = 2166136261U;
    for (const char c : key)
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return hash;
}

/// A key with its hash. From a literal the compiler computes it, so that `view["email"]` costs no hashing.
struct Key {
    std::string_view name;
    std::uint32_t hash;

    /// Not consteval, on which clang 14 crashes; written out without a loop, so that every optimiser folds
    /// it.
    template <std::size_t Size>
    constexpr Key(const char (&literal)[Size]) noexcept
        : name{literal, Size - 1},
          hash{fold(literal, std::make_index_sequence<Size - 1>{})}
    {
    }
    template <std::size_t Size>
    Key(char (&buffer)[Size]) = delete; ///< not a literal: say Key{std::string_view{buffer}}
    /// For names that are known only when the program runs.
    explicit constexpr Key(std::string_view text) noexcept : name{text}, hash{key_hash(text)} { }

private:
    template <std::size_t... Index>
    static constexpr std::uint32_t fold(const char* text, std::index_sequence<Index...>) noexcept
    {
        std::uint32_t folded = 2166136261U;
        ((folded = (folded ^ static_cast<unsigned char>(text[Index])) * 16777619U), ...);
        return folded;
    }
};

/// Text whose content is known only when the program runs; everything but a literal.
template <class T>
concept RuntimeText
    = std::same_as<T, std::string_view> || std::same_as<T, std::string> || std::same_as<T, const char*>;

struct EntryView;

/// The items of a list in place, or the entries of a map.
template <class Node, class View>
class NodeRange;
using ItemRange = NodeRange<mortise_value, class ValueView>;
using EntryRange = NodeRange<mortise_entry, EntryView>;

/// A value in a block. One that is not there reads as null, so that look-ups chain.
/// Thread-safety: reading is safe from any thread while the block lives.
class ValueView {
public:
    constexpr ValueView() noexcept = default;
    explicit constexpr ValueView(const mortise_value* node) noexcept : m_node{node} { }
    explicit constexpr ValueView(mortise_tree tree) noexcept : m_node{tree.root} { }

    /// Whether there is a value at all, be it null.
    constexpr bool exists() const noexcept { return m_node != nullptr; }
    bool is_null() const noexcept { return raw_kind() == MORTISE_KIND_NULL; }
    /// Null, or a text, bytes, list or map with nothing in it.
    bool empty() const noexcept { return is_null() || (has_count() && m_node->count == 0); }
    Kind kind() const noexcept;

    bool boolean(bool other = false) const noexcept
    {
        return raw_kind() == MORTISE_KIND_BOOL ? m_node->as.integer != 0 : other;
    }
    std::int64_t integer(std::int64_t other = 0) const noexcept
    {
        return raw_kind() == MORTISE_KIND_INT ? m_node->as.integer : other;
    }
    /// A double, or an integer as one.
    double real(double other = 0) const noexcept;
    /// The text, or an empty one if this is no text.
    std::string_view text() const noexcept
    {
        return raw_kind() == MORTISE_KIND_TEXT ? std::string_view{payload<char>(), m_node->count}
                                               : std::string_view{};
    }
    std::span<const std::byte> bytes() const noexcept
    {
        return raw_kind() == MORTISE_KIND_BYTES ? std::span{payload<std::byte>(), m_node->count}
                                                : std::span<const std::byte>{};
    }
    Id id() const noexcept { return raw_kind() == MORTISE_KIND_ID ? Id{m_node->as.integer} : Id{}; }

    /// The content if the value is exactly of that kind: bool, std::int64_t, double, Decimal, Money, Instant,
    /// Date, TimeOfDay, Duration, Id, std::string_view.
    template <class T>
    std::optional<T> as() const noexcept;
    template <class T>
    T get_or(T other) const noexcept
    {
        return as<T>().value_or(other);
    }

    /// Items of a list or entries of a map; else 0.
    std::size_t size() const noexcept
    {
        return raw_kind() == MORTISE_KIND_LIST || raw_kind() == MORTISE_KIND_MAP ? m_node->count : 0;
    }
    ItemRange items() const noexcept; ///< empty unless this is a list
    EntryRange entries() const noexcept; ///< empty unless this is a map
    /// The item of a list, or a value that does not exist.
    ValueView operator[](std::size_t index) const noexcept;

    /// What stands under a key of a map, or a value that does not exist. Scans: fast up to some dozens of
    /// entries.
    ValueView operator[](Key key) const noexcept;
    template <RuntimeText Text>
    ValueView operator[](const Text& key) const noexcept
    {
        return (*this)[Key{std::string_view{key}}];
    }
    /// The same where the caller knows at which place the key usually stands; right in any case.
    ValueView find(Key key, std::size_t slot) const noexcept;

    /// An owned copy.
    Value value() const;

    constexpr const mortise_value* node() const noexcept { return m_node; }

    friend bool operator==(ValueView view, std::string_view text) noexcept
    {
        return view.raw_kind() == MORTISE_KIND_TEXT && view.text() == text;
    }

private:
    std::uint8_t raw_kind() const noexcept
    {
        return m_node != nullptr ? m_node->kind : std::uint8_t{MORTISE_KIND_NULL};
    }
    bool has_count() const noexcept
    {
        const std::uint8_t kind = raw_kind();
        return kind == MORTISE_KIND_TEXT || kind == MORTISE_KIND_BYTES || kind >= MORTISE_KIND_LIST;
    }
    template <class T>
    const T* payload() const noexcept
    {
        return reinterpret_cast<const T*>(reinterpret_cast<const char*>(m_node) + m_node->as.offset);
    }

    const mortise_value* m_node{nullptr};
};

/// An entry of a map.
struct EntryView {
    std::string_view key;
    ValueView value;
};

namespace detail {

inline std::string_view entry_key(const mortise_entry& entry) noexcept
{
    return {reinterpret_cast<const char*>(&entry) + entry.key_offset, entry.key_size};
}
inline bool is_key(const mortise_entry& entry, Key key) noexcept
{
    return entry.key_hash == key.hash && entry_key(entry) == key.name;
}
inline ValueView look_at(const mortise_value& node) noexcept
{
    return ValueView{&node};
}
inline EntryView look_at(const mortise_entry& entry) noexcept
{
    return {entry_key(entry), ValueView{&entry.value}};
}

} // namespace detail

template <class Node, class View>
class NodeRange {
public:
    class Iterator {
    public:
        using value_type = View;
        using difference_type = std::ptrdiff_t;

        Iterator() = default;
        explicit Iterator(const Node* node) noexcept : m_node{node} { }
        View operator*() const noexcept { return detail::look_at(*m_node); }
        Iterator& operator++() noexcept
        {
            ++m_node;
            return *this;
        }
        Iterator operator++(int) noexcept
        {
            Iterator before = *this;
            ++m_node;
            return before;
        }
        friend bool operator==(const Iterator&, const Iterator&) = default;

    private:
        const Node* m_node{nullptr};
    };

    explicit NodeRange(std::span<const Node> nodes) noexcept : m_nodes{nodes} { }
    Iterator begin() const noexcept { return Iterator{m_nodes.data()}; }
    Iterator end() const noexcept { return Iterator{m_nodes.data() + m_nodes.size()}; }
    std::size_t size() const noexcept { return m_nodes.size(); }
    bool empty() const noexcept { return m_nodes.empty(); }

private:
    std::span<const Node> m_nodes;
};

inline Kind ValueView::kind() const noexcept
{
    const std::uint8_t kind = raw_kind();
    if (kind <= MORTISE_KIND_BYTES) return static_cast<Kind>(kind);
    if (kind == MORTISE_KIND_TIME)
        return static_cast<Kind>(static_cast<unsigned>(Kind::instant) + m_node->unit);
    return static_cast<Kind>(kind + 3U);
}

inline double ValueView::real(double other) const noexcept
{
    if (raw_kind() == MORTISE_KIND_DOUBLE) return m_node->as.real;
    return raw_kind() == MORTISE_KIND_INT ? static_cast<double>(m_node->as.integer) : other;
}

template <class T> // NOLINTNEXTLINE(readability-function-cognitive-complexity): a table of the kinds
std::optional<T> ValueView::as() const noexcept
{
    const Kind found = kind();
    const auto number = [this] { return m_node->as.integer; };
    if constexpr (std::is_same_v<T, bool>) {
        if (found == Kind::boolean) return number() != 0;
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
        if (found == Kind::integer) return number();
    } else if constexpr (std::is_same_v<T, double>) {
        if (found == Kind::real) return m_node->as.real;
    } else if constexpr (std::is_same_v<T, Decimal>) {
        if (found == Kind::decimal) return Decimal{number(), m_node->scale};
    } else if constexpr (std::is_same_v<T, Money>) {
        if (found == Kind::money) return Money{number(), m_node->unit, m_node->scale};
    } else if constexpr (std::is_same_v<T, Instant>) {
        if (found == Kind::instant) return Instant{number()};
    } else if constexpr (std::is_same_v<T, Date>) {
        if (found == Kind::date) return Date{number()};
    } else if constexpr (std::is_same_v<T, TimeOfDay>) {
        if (found == Kind::time_of_day) return TimeOfDay{number()};
    } else if constexpr (std::is_same_v<T, Duration>) {
        if (found == Kind::duration) return Duration{number()};
    } else if constexpr (std::is_same_v<T, Id>) {
        if (found == Kind::id) return Id{number()};
    } else {
        static_assert(std::is_same_v<T, std::string_view>, "not the type of a kind");
        if (found == Kind::text) return text();
    }
    return std::nullopt;
}

inline ItemRange ValueView::items() const noexcept
{
    const bool is_list = raw_kind() == MORTISE_KIND_LIST;
    return ItemRange{
        is_list ? std::span{payload<mortise_value>(), m_node->count} : std::span<const mortise_value>{}
    };
}

inline EntryRange ValueView::entries() const noexcept
{
    const bool is_map = raw_kind() == MORTISE_KIND_MAP;
    return EntryRange{
        is_map ? std::span{payload<mortise_entry>(), m_node->count} : std::span<const mortise_entry>{}
    };
}

inline ValueView ValueView::operator[](std::size_t index) const noexcept
{
    const bool inside = raw_kind() == MORTISE_KIND_LIST && index < m_node->count;
    return inside ? ValueView{payload<mortise_value>() + index} : ValueView{};
}

inline ValueView ValueView::operator[](Key key) const noexcept
{
    if (raw_kind() != MORTISE_KIND_MAP) return {};
    const auto* entries = payload<mortise_entry>();
    for (std::uint32_t slot = 0; slot < m_node->count; ++slot)
        if (detail::is_key(entries[slot], key)) return ValueView{&entries[slot].value};
    return {};
}

inline ValueView ValueView::find(Key key, std::size_t slot) const noexcept
{
    if (raw_kind() == MORTISE_KIND_MAP && slot < m_node->count)
        if (const auto& entry = payload<mortise_entry>()[slot]; detail::is_key(entry, key))
            return ValueView{&entry.value};
    return (*this)[key];
}

inline Value ValueView::value() const
{
    switch (kind()) {
    case Kind::null:
        return {};
    case Kind::boolean:
        return boolean();
    case Kind::integer:
        return m_node->as.integer;
    case Kind::real:
        return m_node->as.real;
    case Kind::decimal:
        return *as<Decimal>();
    case Kind::money:
        return *as<Money>();
    case Kind::text:
        return text();
    case Kind::bytes:
        return Bytes{bytes().begin(), bytes().end()};
    case Kind::instant:
        return *as<Instant>();
    case Kind::date:
        return *as<Date>();
    case Kind::time_of_day:
        return *as<TimeOfDay>();
    case Kind::duration:
        return *as<Duration>();
    case Kind::id:
        return id();
    case Kind::list: {
        List list;
        list.reserve(size());
        for (const ValueView item : items())
            list.push_back(item.value());
        return list;
    }
    case Kind::map: {
        Map map;
        map.reserve(size());
        for (const auto& [key, item] : entries())
            map.append(key, item.value());
        return map;
    }
    }
    return {};
}

} // namespace mortise
