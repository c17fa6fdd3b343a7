#include "mime/body_parts.hpp"

#include <span>
#include <string_view>

namespace mortise::plugins::email {

namespace {

using Parts = std::vector<const Entity*>;

bool is_media(const Entity& part)
{
    return part.type.type == "image" || part.type.type == "audio" || part.type.type == "video";
}

class Chooser {
public:
    explicit Chooser(BodyParts& chosen) : m_chosen{chosen} { }

    /// `text` and `html` are null where a part can only belong to the other.
    void choose(
        std::span<const Entity> parts,
        std::string_view multipart,
        bool in_alternative,
        Parts* text,
        Parts* html
    )
    {
        const std::size_t texts = text != nullptr ? text->size() : 0;
        const std::size_t htmls = html != nullptr ? html->size() : 0;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const Entity& part = parts[i];
            if (part.is_multipart())
                choose(
                    part.parts,
                    part.type.subtype,
                    in_alternative || part.type.subtype == "alternative",
                    text,
                    html
                );
            else if (!is_inline(part, i, multipart))
                m_chosen.attached.push_back(&part);
            else if (multipart == "alternative")
                add_alternative(part, text, html);
            else
                add_inline(part, in_alternative, text, html);
        }
        if (multipart != "alternative" || text == nullptr || html == nullptr) return;
        if (texts == text->size() && htmls != html->size())
            text->insert(text->end(), html->begin() + static_cast<std::ptrdiff_t>(htmls), html->end());
        else if (htmls == html->size() && texts != text->size())
            html->insert(html->end(), text->begin() + static_cast<std::ptrdiff_t>(texts), text->end());
    }

private:
    static bool is_inline(const Entity& part, std::size_t index, std::string_view multipart)
    {
        if (part.disposition.kind == "attachment") return false;
        const bool is_text = part.type.is("text", "plain") || part.type.is("text", "html");
        if (!is_text && !is_media(part)) return false;
        return index == 0 || (multipart != "related" && (is_media(part) || part.file_name().empty()));
    }
    void add_alternative(const Entity& part, Parts* text, Parts* html)
    {
        if (part.type.is("text", "plain") && text != nullptr)
            text->push_back(&part);
        else if (part.type.is("text", "html") && html != nullptr)
            html->push_back(&part);
        else
            m_chosen.attached.push_back(&part);
    }
    void add_inline(const Entity& part, bool in_alternative, Parts*& text, Parts*& html)
    {
        if (in_alternative && part.type.is("text", "plain")) html = nullptr;
        if (in_alternative && part.type.is("text", "html")) text = nullptr;
        if (text != nullptr) text->push_back(&part);
        if (html != nullptr) html->push_back(&part);
        if ((text == nullptr || html == nullptr) && is_media(part)) m_chosen.attached.push_back(&part);
    }

    BodyParts& m_chosen;
};

} // namespace

BodyParts choose_body_parts(const Entity& message)
{
    BodyParts chosen;
    Chooser{chosen}.choose(std::span{&message, 1}, "mixed", false, &chosen.text, &chosen.html);
    return chosen;
}

} // namespace mortise::plugins::email
