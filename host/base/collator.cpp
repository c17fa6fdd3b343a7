#include "base/collator.hpp"

#include "base/text.hpp"

#include <array>
#include <limits>
#include <unicode/coll.h>
#include <unicode/locid.h>
#include <unicode/unistr.h>
#include <unicode/uvernum.h>

namespace mortise::host {

struct Collator::State {
    std::unique_ptr<icu::Collator> collator;
    std::string locale;
};

Collator::Collator(std::unique_ptr<State> state) noexcept : m_state{std::move(state)} { }
Collator::Collator(Collator&&) noexcept = default;
Collator& Collator::operator=(Collator&&) noexcept = default;
Collator::~Collator() = default;

Result<Collator> Collator::create(std::string_view locale)
{
    UErrorCode status = U_ZERO_ERROR;
    const auto parsed = locale.empty()
        ? icu::Locale::getRoot()
        : icu::Locale::forLanguageTag(
              icu::StringPiece{locale.data(), static_cast<int32_t>(locale.size())}, status
          );
    if (U_FAILURE(status) || parsed.isBogus() || (!locale.empty() && parsed.getLanguage()[0] == '\0'))
        return Error{
            ErrorCode::invalid,
            "no language tag: \"" + std::string{locale} + "\"",
            "text.locale",
            {},
            "use one such as de or en-GB"
        };
    std::unique_ptr<icu::Collator> collator{icu::Collator::createInstance(parsed, status)};
    if (U_FAILURE(status) || !collator)
        return Error{
            ErrorCode::internal,
            "no collation for \"" + std::string{locale} + "\": " + u_errorName(status),
            {},
            {},
            {}
        };
    return Collator{std::make_unique<State>(State{std::move(collator), std::string{locale}})};
}

Result<std::string> Collator::sort_key(std::string_view text) const
{
    if (const auto bad = first_invalid_utf8(text); bad != std::string_view::npos)
        return Error{
            ErrorCode::invalid, "text is not UTF-8 at byte " + std::to_string(bad + 1), "text.utf8", {}, {}
        };
    if (text.size() > static_cast<std::size_t>(std::numeric_limits<int32_t>::max() / 8))
        return Error{
            ErrorCode::limit,
            "text of " + std::to_string(text.size()) + " bytes is too long to sort",
            "text.size",
            {},
            {}
        };
    const auto unicode
        = icu::UnicodeString::fromUTF8(icu::StringPiece{text.data(), static_cast<int32_t>(text.size())});
    std::array<std::uint8_t, 256> small{};
    const int32_t size
        = m_state->collator->getSortKey(unicode, small.data(), static_cast<int32_t>(small.size()));
    std::string key(static_cast<std::size_t>(size), '\0');
    if (static_cast<std::size_t>(size) <= small.size())
        key.assign(reinterpret_cast<const char*>(small.data()), static_cast<std::size_t>(size));
    else
        m_state->collator->getSortKey(unicode, reinterpret_cast<std::uint8_t*>(key.data()), size);
    if (!key.empty()) key.pop_back(); // the terminating zero of C
    return key;
}

std::string Collator::version() const
{
    UVersionInfo rules{};
    m_state->collator->getVersion(rules);
    std::array<char, U_MAX_VERSION_STRING_LENGTH> text{};
    u_versionToString(rules, text.data());
    return std::string{U_ICU_VERSION} + "/" + text.data() + "/" + m_state->locale;
}

} // namespace mortise::host
