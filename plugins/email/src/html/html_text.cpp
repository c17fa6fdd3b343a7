#include "html/html_text.hpp"

#include "html/gumbo_document.hpp"
#include "html/sanitise.hpp"
#include "mime/charset.hpp"

#include <algorithm>
#include <array>

namespace mortise::plugins::email {

namespace {

constexpr std::size_t deepest = 200;

constexpr std::array<std::string_view, 27> blocks{
    "p",   "div",     "table",   "tr",     "ul",     "ol",     "li",      "dl",   "dt",
    "dd",  "h1",      "h2",      "h3",     "h4",     "h5",     "h6",      "hr",   "blockquote",
    "pre", "section", "article", "header", "footer", "center", "address", "form", "body",
};
constexpr std::array<std::string_view, 7> hidden{
    "script", "style", "head", "title", "noscript", "template", "svg"
};

class TextWriter {
public:
    void write_children(const GumboVector& children, std::size_t depth)
    {
        if (depth > deepest) return;
        for (unsigned int i = 0; i < children.length; ++i) {
            const auto& node = *static_cast<const GumboNode*>(children.data[i]);
            if (node.type == GUMBO_NODE_TEXT)
                add_text(node.v.text.text);
            else if (node.type == GUMBO_NODE_WHITESPACE)
                add_text(" ");
            else if (node.type == GUMBO_NODE_ELEMENT)
                write_element(node.v.element, depth);
        }
    }

    std::string take()
    {
        while (!m_text.empty() && (m_text.back() == '\n' || m_text.back() == ' '))
            m_text.pop_back();
        if (!m_text.empty()) m_text += '\n';
        return std::move(m_text);
    }

private:
    void write_element(const GumboElement& element, std::size_t depth)
    {
        const std::string name = tag_name(element);
        if (std::ranges::find(hidden, name) != hidden.end()) return;
        const bool is_block = std::ranges::find(blocks, name) != blocks.end();
        if (name == "br") end_line();
        if (is_block) begin_block();
        if (name == "li") m_text += "- ";
        if (name == "td" || name == "th") add_text(" ");
        if (name == "img") add_text(attribute_of(element, "alt"));
        const bool was_pre = m_is_pre;
        m_is_pre = m_is_pre || name == "pre";
        write_children(element.children, depth + 1);
        m_is_pre = was_pre;
        if (is_block) begin_block();
        if (name == "p") m_wants_gap = true;
    }

    void add_text(std::string_view text)
    {
        for (const char c : text) {
            const bool is_space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
            if (m_is_pre && c != '\r') {
                put(c);
            } else if (is_space) {
                if (!m_text.empty() && m_text.back() != ' ' && m_text.back() != '\n') m_text += ' ';
            } else {
                put(c);
            }
        }
    }
    void put(char c)
    {
        if (m_wants_gap && !m_text.empty()) m_text += '\n';
        m_wants_gap = false;
        m_text += c;
    }
    void end_line()
    {
        while (!m_text.empty() && m_text.back() == ' ')
            m_text.pop_back();
        const bool is_gap = m_text.ends_with("\n\n");
        if (!m_text.empty() && !is_gap) m_text += '\n';
    }
    void begin_block()
    {
        while (!m_text.empty() && m_text.back() == ' ')
            m_text.pop_back();
        if (!m_text.empty() && m_text.back() != '\n') m_text += '\n';
    }

    std::string m_text;
    bool m_is_pre{false};
    bool m_wants_gap{false};
};

} // namespace

std::string html_to_text(std::string_view html)
{
    const GumboDocument document{html};
    TextWriter writer;
    if (const GumboElement* root = document.root()) writer.write_children(root->children, 0);
    // No-break spaces are for layout.
    std::string text = writer.take();
    for (std::size_t at = text.find("\xC2\xA0"); at != std::string::npos; at = text.find("\xC2\xA0", at + 1))
        text.erase(at, 1), text[at] = ' ';
    return text;
}

std::string text_to_html(std::string_view text)
{
    std::string html;
    html += "<p>";
    for (const char c : escape_html(text)) {
        if (c == '\n') html += "<br>";
        html += c;
    }
    html += "</p>";
    return html;
}

} // namespace mortise::plugins::email
