#pragma once

/// \file
/// The human order of text in a locale, as a sort key that compares by bytes.

#include <mortise/result.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace mortise::host {

/// Thread-safety: any number of threads may call `sort_key` of one collator. Moved from, it may only be
/// destroyed or assigned to.
class Collator {
public:
    /// \param locale  a BCP 47 tag such as "de" or "de-u-co-phonebk"; "" is the root order, good for mixed
    /// languages. Refuses (`invalid`) what is no such tag. A language without rules of its own gets the root
    /// order.
    static Result<Collator> create(std::string_view locale);

    Collator(Collator&&) noexcept;
    Collator& operator=(Collator&&) noexcept;
    ~Collator();

    /// Bytes whose order is the order of the texts. Refuses text that is not UTF-8. Keys of different locales
    /// or versions do not compare.
    Result<std::string> sort_key(std::string_view text) const;

    /// Names the rules: when it differs from the version stored with keys, they must be made anew.
    std::string version() const;

private:
    struct State;
    explicit Collator(std::unique_ptr<State> state) noexcept;
    std::unique_ptr<State> m_state;
};

} // namespace mortise::host
