#pragma once

/// \file
/// A parsed HTML document and its end. Bounded: what is nested so deep, or so large, that reading it would
/// take long is cut before it is parsed.

#include <gumbo.h>
#include <string>
#include <string_view>

namespace mortise::plugins::email {

class GumboDocument {
public:
    explicit GumboDocument(std::string_view html);
    ~GumboDocument();
    GumboDocument(const GumboDocument&) = delete;
    GumboDocument& operator=(const GumboDocument&) = delete;

    /// The element `html`; null if there is none.
    const GumboElement* root() const;
    bool is_cut() const noexcept { return m_is_cut; }

private:
    std::string m_html; // nodes look into it
    bool m_is_cut{false};
    GumboOutput* m_output{nullptr};
};

/// The name of an element, lower case; of those that HTML does not know as it was written.
std::string tag_name(const GumboElement& element);
std::string_view attribute_of(const GumboElement& element, const char* name);

} // namespace mortise::plugins::email
