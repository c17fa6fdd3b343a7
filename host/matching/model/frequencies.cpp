#include "matching/model/frequencies.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

namespace mortise::host::matching {

namespace {

constexpr std::uint64_t word_kind = 100;

constexpr std::array<std::pair<Aspect, Part>, 11> counted{{
    {Aspect::given_name, Part::given},
    {Aspect::family_name, Part::family},
    {Aspect::birthday, Part::birth},
    {Aspect::email, Part::emails},
    {Aspect::phone, Part::phones},
    {Aspect::domain, Part::domains},
    {Aspect::street, Part::street},
    {Aspect::second_line, Part::extended},
    {Aspect::city, Part::city},
    {Aspect::postcode, Part::postcode},
    {Aspect::house_number, Part::number},
}};

/// Words that name what many organisations do; worth little however few of them are on record.
bool is_common_word(std::string_view word) noexcept
{
    constexpr std::array<std::string_view, 30> common{
        "services",     "group",       "international", "solutions",  "systems",    "technologies",
        "management",   "consulting",  "holdings",      "industries", "partners",   "restaurant",
        "cafe",         "associates",  "enterprises",   "global",     "trading",    "products",
        "construction", "engineering", "center",        "hotel",      "bar",        "grill",
        "software",     "media",       "logistics",     "national",   "university", "bank"
    };
    return std::ranges::find(common, word) != common.end();
}

template <class T>
void append_number(std::string& bytes, T number)
{
    char text[sizeof(T)];
    std::memcpy(text, &number, sizeof(T));
    bytes.append(text, sizeof(T));
}

template <class T>
T number_at(std::string_view bytes, std::size_t at) noexcept
{
    T number;
    std::memcpy(&number, bytes.data() + at, sizeof(T));
    return number;
}

} // namespace

std::uint64_t hash_of(std::uint64_t kind, std::string_view text) noexcept
{
    // FNV-1a with a last stir; it is kept in databases and must stay as it is.
    std::uint64_t value = 14695981039346656037ULL ^ (kind * 0x9E3779B97F4A7C15ULL);
    for (const char c : text)
        value = (value ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    value ^= value >> 32U;
    value *= 0xD6E8FEB86659FD93ULL;
    return value ^ (value >> 32U);
}

void Frequencies::count(const Profile& profile)
{
    ++m_records;
    for (const auto& [aspect, part] : counted)
        each_piece(profile[part], [&, kind = static_cast<std::uint64_t>(aspect)](std::string_view value) {
            ++m_counts[hash_of(kind, value)];
        });
    if (profile[Part::kind] != "o") return;
    std::string_view name = profile[Part::whole];
    ++m_counts[hash_of(static_cast<std::uint64_t>(Aspect::organisation_name), name)];
    while (!name.empty()) {
        const auto end = std::min(name.find(' '), name.size());
        ++m_counts[hash_of(word_kind, name.substr(0, end))];
        name.remove_prefix(std::min(end + 1, name.size()));
    }
}

void Frequencies::add(const Frequencies& other)
{
    m_records += other.m_records;
    for (const auto& [value, count] : other.m_counts)
        m_counts[value] += count;
}

void Frequencies::keep_common()
{
    const std::uint64_t least = std::max<std::uint64_t>(3, m_records / 30'000);
    std::erase_if(m_counts, [least](const auto& entry) { return entry.second < least; });
}

std::uint32_t Frequencies::of(Aspect aspect, std::string_view value) const noexcept
{
    const auto found = m_counts.find(hash_of(static_cast<std::uint64_t>(aspect), value));
    return found == m_counts.end() ? 0 : found->second;
}

double Frequencies::of(std::string_view word) const noexcept
{
    if (is_common_word(word)) return 0.3;
    const auto found = m_counts.find(hash_of(word_kind, word));
    const double count = found == m_counts.end() ? 1 : found->second;
    const auto all = static_cast<double>(m_records) + 100;
    return std::clamp(std::log(all / (count + 1)) / std::log(all / 3), 0.2, 1.0);
}

std::string Frequencies::to_bytes() const
{
    std::string bytes;
    bytes.reserve(8 + m_counts.size() * 12);
    append_number(bytes, m_records);
    for (const auto& [value, count] : m_counts) {
        append_number(bytes, value);
        append_number(bytes, count);
    }
    return bytes;
}

Result<Frequencies> Frequencies::from_bytes(std::string_view bytes)
{
    if (bytes.size() < 8 || (bytes.size() - 8) % 12 != 0)
        return Error{
            ErrorCode::io, "the frequencies of values are damaged", "duplicates.model", {}, "scan again"
        };
    Frequencies result;
    result.m_records = number_at<std::uint64_t>(bytes, 0);
    for (std::size_t at = 8; at < bytes.size(); at += 12)
        result.m_counts.emplace(number_at<std::uint64_t>(bytes, at), number_at<std::uint32_t>(bytes, at + 8));
    return result;
}

} // namespace mortise::host::matching
