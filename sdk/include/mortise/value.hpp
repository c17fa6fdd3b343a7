#pragma once

/// \file
/// `mortise::Value`: an owned value of any kind that a field, an argument or an event's data may have. Use it
/// to build and to keep values; what crosses the plugin border is its flat form (`value_block.hpp`), and what
/// a call hands in is read in place (`value_view.hpp`).

#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mortise {

/// A record's number: one sequence for a whole database across all types. It says nothing about age or order.
struct Id {
    std::int64_t number{0}; ///< 0 is no record

    explicit operator bool() const noexcept { return number != 0; }
    friend auto operator<=>(const Id&, const Id&) = default;
};

/// An exact number: coefficient / 10^scale, scale 0 to 18.
struct Decimal {
    std::int64_t coefficient{0};
    std::uint8_t scale{0};

    friend bool operator==(const Decimal&, const Decimal&) = default;
};

/// An amount in the minor units of an ISO 4217 currency (cents for USD, none for JPY).
struct Money {
    std::int64_t minor{0};
    std::uint16_t currency{0}; ///< ISO 4217 number, such as 840 for USD
    std::uint8_t digits{2}; ///< minor digits of that currency

    friend bool operator==(const Money&, const Money&) = default;
};

/// A point in time: microseconds since 1970-01-01T00:00:00Z, without leap seconds.
struct Instant {
    std::int64_t microseconds{0};
    friend auto operator<=>(const Instant&, const Instant&) = default;
};

/// A calendar day: days since 1970-01-01 in the proleptic Gregorian calendar.
struct Date {
    std::int64_t days{0};
    friend auto operator<=>(const Date&, const Date&) = default;
};

/// A time of day: microseconds since midnight.
struct TimeOfDay {
    std::int64_t microseconds{0};
    friend auto operator<=>(const TimeOfDay&, const TimeOfDay&) = default;
};

/// A length of time in microseconds.
struct Duration {
    std::int64_t microseconds{0};
    friend auto operator<=>(const Duration&, const Duration&) = default;
};

using Bytes = std::vector<std::byte>;

class Value;
struct Entry;

using List = std::vector<Value>;

/// Keys with their values, in the order in which they were added. Keys are unique; look-up is by a scan,
/// which at the sizes of records beats a tree.
class Map {
public:
    Map() noexcept;
    Map(const Map& other);
    Map(Map&& other) noexcept;
    Map& operator=(const Map& other);
    Map& operator=(Map&& other) noexcept;
    ~Map();
    Map(std::initializer_list<Entry> entries);

    /// The value under `key`, or null. The pointer lives until the map is changed.
    const Value* find(std::string_view key) const noexcept;
    Value* find(std::string_view key) noexcept;
    /// The value under `key`; the null value if there is none.
    const Value& operator[](std::string_view key) const noexcept;
    bool contains(std::string_view key) const noexcept { return find(key) != nullptr; }
    /// Sets `key`, replacing what was there.
    void set(std::string_view key, Value value);
    /// Adds `key`, which must not be there yet: without the scan that `set` needs to make sure.
    void append(std::string_view key, Value value);
    bool erase(std::string_view key);

    std::size_t size() const noexcept;
    bool empty() const noexcept { return size() == 0; }
    void reserve(std::size_t count);
    void clear() noexcept;
    std::vector<Entry>::const_iterator begin() const noexcept;
    std::vector<Entry>::const_iterator end() const noexcept;
    std::vector<Entry>::iterator begin() noexcept;
    std::vector<Entry>::iterator end() noexcept;

    friend bool operator==(const Map& a, const Map& b);

private:
    std::vector<Entry> m_entries;
};

/// What a value is. The numbers are those of `mortise/abi/value.h`, but for time, which has four kinds here.
enum class Kind : std::uint8_t {
    null,
    boolean,
    integer,
    real,
    decimal,
    money,
    text,
    bytes,
    instant,
    date,
    time_of_day,
    duration,
    id,
    list,
    map,
};

class Value {
public:
    Value() noexcept = default;
    Value(std::nullptr_t) { }
    Value(bool value) : m_state{value} { }
    Value(int value) : m_state{std::int64_t{value}} { }
    Value(unsigned value) : m_state{std::int64_t{value}} { }
    Value(long value) : m_state{static_cast<std::int64_t>(value)} { }
    Value(long long value) : m_state{static_cast<std::int64_t>(value)} { }
    Value(double value) : m_state{value} { }
    Value(Decimal value) : m_state{value} { }
    Value(Money value) : m_state{value} { }
    Value(const char* value) : m_state{std::string{value}} { }
    Value(std::string_view value) : m_state{std::string{value}} { }
    Value(std::string value) : m_state{std::move(value)} { }
    Value(Bytes value) : m_state{std::move(value)} { }
    Value(Instant value) : m_state{value} { }
    Value(Date value) : m_state{value} { }
    Value(TimeOfDay value) : m_state{value} { }
    Value(Duration value) : m_state{value} { }
    Value(Id value) : m_state{value} { }
    Value(List value) : m_state{std::move(value)} { }
    Value(Map value) : m_state{std::move(value)} { }

    Kind kind() const noexcept { return static_cast<Kind>(m_state.index()); }
    bool is_null() const noexcept { return kind() == Kind::null; }

    /// The content if the value is of that type, else null.
    template <class T>
    const T* as() const noexcept
    {
        return std::get_if<T>(&m_state);
    }
    template <class T>
    T* as() noexcept
    {
        return std::get_if<T>(&m_state);
    }
    /// The content if the value is of that type, else `other`.
    template <class T>
    T get_or(T other) const
    {
        if (const T* found = as<T>()) return *found;
        return other;
    }
    /// The text, or an empty one if the value is no text.
    std::string_view text() const noexcept
    {
        const auto* found = as<std::string>();
        return found ? std::string_view{*found} : std::string_view{};
    }
    /// The item of a map, or the null value.
    const Value& operator[](std::string_view key) const noexcept
    {
        const Map* map = as<Map>();
        return map ? (*map)[key] : null_value();
    }

    friend bool operator==(const Value& a, const Value& b);

    static const Value& null_value() noexcept;

private:
    std::variant<
        std::monostate,
        bool,
        std::int64_t,
        double,
        Decimal,
        Money,
        std::string,
        Bytes,
        Instant,
        Date,
        TimeOfDay,
        Duration,
        Id,
        List,
        Map>
        m_state;
};

struct Entry {
    std::string key;
    Value value;

    friend bool operator==(const Entry& a, const Entry& b) { return a.key == b.key && a.value == b.value; }
};

/// Built in place and never destroyed, so that nothing runs when a plugin's file is unmapped.
inline const Value& Value::null_value() noexcept
{
    alignas(Value) static unsigned char storage[sizeof(Value)];
    static const Value* nothing = ::new (static_cast<void*>(storage)) Value{};
    return *nothing;
}

inline Map::Map() noexcept = default;
inline Map::Map(const Map& other) = default;
inline Map::Map(Map&& other) noexcept = default;
inline Map& Map::operator=(const Map& other) = default;
inline Map& Map::operator=(Map&& other) noexcept = default;
inline Map::~Map() = default;

inline Map::Map(std::initializer_list<Entry> entries)
{
    m_entries.reserve(entries.size());
    for (const Entry& entry : entries)
        set(entry.key, entry.value);
}

inline const Value* Map::find(std::string_view key) const noexcept
{
    for (const Entry& entry : m_entries)
        if (entry.key == key) return &entry.value;
    return nullptr;
}

inline Value* Map::find(std::string_view key) noexcept
{
    return const_cast<Value*>(std::as_const(*this).find(key));
}

inline const Value& Map::operator[](std::string_view key) const noexcept
{
    const Value* found = find(key);
    return found ? *found : Value::null_value();
}

inline void Map::set(std::string_view key, Value value)
{
    if (Value* found = find(key))
        *found = std::move(value);
    else
        m_entries.push_back({std::string{key}, std::move(value)});
}

inline void Map::append(std::string_view key, Value value)
{
    m_entries.push_back({std::string{key}, std::move(value)});
}

inline bool Map::erase(std::string_view key)
{
    return std::erase_if(m_entries, [key](const Entry& entry) { return entry.key == key; }) != 0;
}

inline std::size_t Map::size() const noexcept
{
    return m_entries.size();
}
inline void Map::reserve(std::size_t count)
{
    m_entries.reserve(count);
}
inline void Map::clear() noexcept
{
    m_entries.clear();
}
inline std::vector<Entry>::const_iterator Map::begin() const noexcept
{
    return m_entries.begin();
}
inline std::vector<Entry>::const_iterator Map::end() const noexcept
{
    return m_entries.end();
}
inline std::vector<Entry>::iterator Map::begin() noexcept
{
    return m_entries.begin();
}
inline std::vector<Entry>::iterator Map::end() noexcept
{
    return m_entries.end();
}
inline bool operator==(const Value& a, const Value& b)
{
    return a.m_state == b.m_state;
}
inline bool operator==(const Map& a, const Map& b)
{
    return a.m_entries == b.m_entries;
}

} // namespace mortise
