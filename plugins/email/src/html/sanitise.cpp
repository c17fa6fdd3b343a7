#include "html/sanitise.hpp"

#include "html/gumbo_document.hpp"
#include "mime/charset.hpp"

#include <algorithm>
#include <array>

namespace mortise::plugins::email {

namespace {

constexpr std::size_t deepest = 200;

/// Elements that are written; of all others only what is in them.
constexpr std::array<std::string_view, 66> kept{
    "a",          "abbr", "address", "article", "aside",   "b",     "bdi",        "bdo",      "big",
    "blockquote", "br",   "caption", "center",  "cite",    "code",  "col",        "colgroup", "dd",
    "del",        "dfn",  "div",     "dl",      "dt",      "em",    "figcaption", "figure",   "font",
    "footer",     "h1",   "h2",      "h3",      "h4",      "h5",    "h6",         "header",   "hr",
    "i",          "img",  "ins",     "kbd",     "li",      "main",  "mark",       "ol",       "p",
    "pre",        "q",    "s",       "samp",    "section", "small", "span",       "strike",   "strong",
    "sub",        "sup",  "table",   "tbody",   "td",      "tfoot", "th",         "thead",    "tr",
    "tt",         "u",    "ul",
};
/// Elements that go with all that is in them.
constexpr std::array<std::string_view, 20> dropped{
    "script", "style", "head",   "title",  "iframe", "object", "embed", "applet",   "noscript", "template",
    "svg",    "math",  "select", "option", "audio",  "video",  "frame", "frameset", "noframes", "textarea",
};
constexpr std::array<std::string_view, 5> empty{"br", "hr", "img", "col", "wbr"};
/// Attributes whose value is words and numbers.
constexpr std::array<std::string_view, 20> attributes{
    "alt",         "title",       "align",   "valign",  "width", "height", "border",
    "cellpadding", "cellspacing", "colspan", "rowspan", "dir",   "lang",   "color",
    "face",        "size",        "bgcolor", "start",   "type",  "abbr",
};

bool contains(auto const& list, std::string_view name)
{
    return std::ranges::find(list, name) != list.end();
}

/// A link that leads to a page, a mailbox or a telephone. Browsers pass over control characters and blanks in
/// front of and inside a scheme; so they go first.
std::string safe_link(std::string_view target)
{
    std::string link;
    for (const char c : target)
        if (static_cast<unsigned char>(c) > 0x20U) link += c;
    const std::string lower = lower_ascii(link.substr(0, 10));
    for (const std::string_view scheme : {"http://", "https://", "mailto:", "tel:"})
        if (lower.starts_with(scheme)) return link;
    return {};
}

class Writer {
public:
    explicit Writer(SafeHtml& result) : m_result{result} { }

    void write_children(const GumboVector& children, std::size_t depth)
    {
        if (depth > deepest) {
            m_result.is_cut = true;
            return;
        }
        for (unsigned int i = 0; i < children.length; ++i)
            write(*static_cast<const GumboNode*>(children.data[i]), depth);
    }

private:
    void write(const GumboNode& node, std::size_t depth)
    {
        switch (node.type) {
        case GUMBO_NODE_TEXT:
        case GUMBO_NODE_WHITESPACE:
            m_result.html += escape_html(node.v.text.text);
            break;
        case GUMBO_NODE_ELEMENT:
            write_element(node.v.element, depth);
            break;
        case GUMBO_NODE_DOCUMENT:
        case GUMBO_NODE_CDATA:
        case GUMBO_NODE_COMMENT:
        case GUMBO_NODE_TEMPLATE:
            break;
        }
    }

    void write_element(const GumboElement& element, std::size_t depth)
    {
        const std::string name = tag_name(element);
        if (element.tag_namespace != GUMBO_NAMESPACE_HTML || contains(dropped, name)) return;
        if (!contains(kept, name)) return write_children(element.children, depth + 1);
        if (name == "img") return write_image(element);
        m_result.html += '<' + name;
        for (unsigned int i = 0; i < element.attributes.length; ++i)
            write_attribute(name, *static_cast<const GumboAttribute*>(element.attributes.data[i]));
        m_result.html += '>';
        if (contains(empty, name)) return;
        write_children(element.children, depth + 1);
        m_result.html += "</" + name + '>';
    }

    void write_attribute(std::string_view element, const GumboAttribute& attribute)
    {
        const std::string name = lower_ascii(attribute.name);
        if (element == "a" && name == "href") {
            const std::string link = safe_link(attribute.value);
            if (!link.empty()) {
                add("href", link);
                add("rel", "noopener noreferrer nofollow");
            }
        } else if (contains(attributes, name)) {
            add(name, clean_line(cut(attribute.value, 500)));
        }
    }

    /// Pictures that came with the message are named; others would tell their owner that it was read.
    void write_image(const GumboElement& image)
    {
        const std::string source{attribute_of(image, "src")};
        const bool is_own = lower_ascii(source.substr(0, 4)) == "cid:";
        if (!source.empty() && !is_own) ++m_result.remote_images;
        m_result.html += "<img";
        if (is_own) add("src", clean_line(cut(source, 500)));
        for (const char* name : {"alt", "width", "height"})
            if (const std::string_view value = attribute_of(image, name); !value.empty())
                add(name, clean_line(cut(value, 500)));
        m_result.html += '>';
    }

    void add(std::string_view name, std::string_view value)
    {
        m_result.html += ' ' + std::string{name} + "=\"" + escape_html(value) + '"';
    }

    SafeHtml& m_result;
};

} // namespace

SafeHtml sanitise_html(std::string_view html)
{
    SafeHtml result;
    const GumboDocument document{html};
    result.is_cut = document.is_cut();
    if (const GumboElement* root = document.root()) Writer{result}.write_children(root->children, 0);
    return result;
}

std::string escape_html(std::string_view text)
{
    std::string safe;
    safe.reserve(text.size());
    for (const char c : text)
        switch (c) {
        case '&':
            safe += "&amp;";
            break;
        case '<':
            safe += "&lt;";
            break;
        case '>':
            safe += "&gt;";
            break;
        case '"':
            safe += "&quot;";
            break;
        case '\'':
            safe += "&#39;";
            break;
        default:
            safe += c;
        }
    return safe;
}

} // namespace mortise::plugins::email
