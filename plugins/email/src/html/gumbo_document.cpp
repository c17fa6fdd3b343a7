#include "html/gumbo_document.hpp"

#include "mime/charset.hpp"

#include <algorithm>

namespace mortise::plugins::email {

namespace {

constexpr std::size_t most_bytes = std::size_t{2} << 20U;
/// Far more than a page needs. The parser walks its open elements for every tag, so that many of them take
/// time in the square.
constexpr std::size_t most_open = 3'000;

/// How much of the text may be parsed before more elements are open than allowed: those that are begun less
/// those that are ended, counted roughly.
std::size_t parseable(std::string_view html)
{
    std::size_t open = 0;
    for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
        if (at + 1 >= html.size()) break;
        const char next = html[at + 1];
        if (next == '/') {
            if (open > 0) --open;
        } else if ((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z')) {
            // Elements without an end, of which long letters have many
            const std::string name = lower_ascii(html.substr(at + 1, 5));
            const bool is_void = name.starts_with("br") || name.starts_with("img") || name.starts_with("hr")
                || name.starts_with("meta") || name.starts_with("link") || name.starts_with("p>")
                || name.starts_with("p ") || name.starts_with("td") || name.starts_with("tr")
                || name.starts_with("li") || name.starts_with("col") || name.starts_with("input");
            if (!is_void && ++open > most_open) return at;
        }
    }
    return html.size();
}

GumboOptions options()
{
    GumboOptions chosen = kGumboDefaultOptions;
    chosen.max_errors = 0;
    return chosen;
}

} // namespace

GumboDocument::GumboDocument(std::string_view html) : m_html{cut(html, most_bytes)}
{
    m_html.resize(parseable(m_html));
    m_is_cut = m_html.size() < html.size();
    const GumboOptions chosen = options();
    m_output = gumbo_parse_with_options(&chosen, m_html.data(), m_html.size());
}

GumboDocument::~GumboDocument()
{
    const GumboOptions chosen = options();
    if (m_output != nullptr) gumbo_destroy_output(&chosen, m_output);
}

const GumboElement* GumboDocument::root() const
{
    if (m_output == nullptr || m_output->root == nullptr || m_output->root->type != GUMBO_NODE_ELEMENT)
        return nullptr;
    return &m_output->root->v.element;
}

std::string tag_name(const GumboElement& element)
{
    if (element.tag != GUMBO_TAG_UNKNOWN) return gumbo_normalized_tagname(element.tag);
    return {}; // nothing that we keep
}

std::string_view attribute_of(const GumboElement& element, const char* name)
{
    const GumboAttribute* found = gumbo_get_attribute(&element.attributes, name);
    return found != nullptr ? std::string_view{found->value} : std::string_view{};
}

} // namespace mortise::plugins::email
