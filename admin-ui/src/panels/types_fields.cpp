#include "base/json_read.hpp"
#include "panels/types_screen.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mortise::ui {
namespace {

struct KindWord {
    std::string_view name;
    std::string_view words;
};

constexpr std::array kinds{
    KindWord{"text", "Text"},
    KindWord{"rich_text", "Long text"},
    KindWord{"enum", "One of some options"},
    KindWord{"multi_enum", "Several of some options"},
    KindWord{"bool", "Yes or no"},
    KindWord{"int", "Whole number"},
    KindWord{"decimal", "Decimal number"},
    KindWord{"percent", "Percent"},
    KindWord{"money", "Money"},
    KindWord{"date", "Day"},
    KindWord{"datetime", "Time"},
    KindWord{"email", "E-mail address"},
    KindWord{"phone", "Phone number"},
    KindWord{"url", "Web address"},
    KindWord{"reference", "Another record"},
    KindWord{"list", "List of texts"},
};

bool has_options(std::string_view kind)
{
    return kind == "enum" || kind == "multi_enum";
}

} // namespace

std::string name_for_label(std::string_view label)
{
    std::string name;
    for (const char c : lower(label)) {
        const bool is_letter = c >= 'a' && c <= 'z';
        const bool is_digit = c >= '0' && c <= '9';
        if (is_letter || (is_digit && !name.empty()))
            name += c;
        else if (!name.empty() && name.back() != '_')
            name += '_';
    }
    while (name.ends_with('_'))
        name.pop_back();
    return name.substr(0, 63);
}

void TypesScreen::draw_designer(Console& console)
{
    Ui& ui = console.ui;
    ui.card_begin("designer", ImGui::GetContentRegionAvail().x);
    ui.strong("A new field of " + lower(words_of(m_chosen)));
    const InputAnswer label = ui.input(
        "Label of the field",
        m_draft.label,
        {.hint = "as people read it",
         .width = ui.px(220),
         .take_keys = std::exchange(m_begins, false),
         .is_wrong = m_error && m_error->where.ends_with("/label")}
    );
    if (label.changed && !m_named_by_hand) m_draft.name = name_for_label(m_draft.label);
    ui.beside();
    if (ui.input(
              "Name of the field",
              m_draft.name,
              {.hint = "as programs call it",
               .width = ui.px(180),
               .is_wrong = m_error && m_error->where.ends_with("/name")}
        )
            .changed)
        m_named_by_hand = !m_draft.name.empty();
    ui.beside();
    std::vector<std::string> words;
    for (const KindWord& kind : kinds)
        words.emplace_back(kind.words);
    const auto now
        = static_cast<std::size_t>(std::ranges::find(kinds, m_draft.kind, &KindWord::name) - kinds.begin());
    if (const auto chosen = ui.choice("Kind of the field", words, now, ui.px(200)))
        m_draft.kind = kinds.at(*chosen).name;
    if (has_options(m_draft.kind)) {
        ui.beside();
        ui.input("Options", m_options, {.hint = "small, medium, large", .width = ui.px(260)});
    } else if (m_draft.kind == "reference") {
        std::vector<std::string> labels;
        std::vector<std::string> names;
        for (const TypeInfo& type : console.store.types())
            if (!type.is_archived) labels.push_back(type.label), names.push_back(type.name);
        const auto at_type
            = static_cast<std::size_t>(std::ranges::find(names, m_draft.reference) - names.begin());
        ui.beside();
        if (const auto chosen = ui.choice("Points to", labels, at_type, ui.px(180)))
            m_draft.reference = names[*chosen];
    }
    ui.input("Help", m_draft.help, {.hint = "what it is for, shown in forms", .width = ui.px(408)});
    ui.beside();
    ui.check("Found by search", m_draft.is_searchable);
    ui.beside();
    ui.check("Quick to filter by", m_draft.is_indexed);
    ui.beside();
    ui.check("About a person", m_draft.is_personal);
    if (m_error) {
        std::string text = m_error->message;
        if (!m_error->hint.empty()) text += "\n" + m_error->hint;
        ui.note(Icon::error, text, Tone::danger);
    }
    const std::string why = m_draft.name.empty()                   ? "give it a label first"
        : has_options(m_draft.kind) && m_options.empty()           ? "name its options"
        : m_draft.kind == "reference" && m_draft.reference.empty() ? "say where it points to"
                                                                   : "";
    const bool pressed = ui.button(
        "Add the field",
        {.icon = Icon::plus,
         .weight = Weight::primary,
         .enabled = why.empty() && !m_call.is_under_way(),
         .tip = why}
    );
    ui.beside();
    if (ui.button("Done", {.weight = Weight::quiet})) m_designs = false;
    ui.beside(12);
    ui.small("Usable at once everywhere. Its kind stays for ever; its label and options can change.");
    ui.card_end();
    if ((pressed || label.entered) && why.empty()) add_field(console);
}

void TypesScreen::add_field(Console& console)
{
    m_error.reset();
    boost::json::object field{{"name", m_draft.name}, {"kind", m_draft.kind}, {"label", m_draft.label}};
    if (!m_draft.help.empty()) field["help"] = m_draft.help;
    if (m_draft.is_searchable) field["searchable"] = true;
    if (m_draft.is_indexed) field["indexed"] = true;
    if (m_draft.is_personal) field["personal"] = true;
    if (m_draft.kind == "reference") field["reference"] = m_draft.reference;
    if (m_draft.kind == "decimal" || m_draft.kind == "percent") field["scale"] = 2;
    if (has_options(m_draft.kind))
        field["options"] = parse_edit({.name = "options", .kind = "list", .label = ""}, m_options);
    m_call = console.link.call(
        "types.add_field",
        {{"type", m_chosen}, {"field", std::move(field)}},
        [this, &console, type = m_chosen, name = m_draft.name, label = m_draft.label](
            const Result<boost::json::value>& answer
        ) {
            if (!answer) {
                m_error = answer.error();
                return;
            }
            console.store.types_list.refresh();
            m_draft = {.name = {}, .kind = "text", .label = {}};
            m_options.clear();
            m_named_by_hand = false;
            m_begins = true;
            console.desk.did("Added the field " + label, [this, &console, type, name, label] {
                archive(console, type, name, label);
            });
        }
    );
}

void TypesScreen::archive(
    Console& console, const std::string& type, const std::string& name, const std::string& label
)
{
    m_archiving = console.link.call(
        "types.archive_field",
        {{"type", type}, {"field", name}},
        [&console, label](const Result<boost::json::value>& answer) {
            if (!answer) return console.desk.tell(answer.error());
            console.store.types_list.refresh();
            console.desk.toast(Tone::positive, label + " is archived: it can be read and not written");
        }
    );
}

void TypesScreen::draw_field_actions(Console& console, const boost::json::value& field)
{
    Ui& ui = console.ui;
    if (field.is_null()) return;
    const std::string label = text_at(field, "label");
    const std::string name = text_at(field, "name");
    const bool is_ours = text_at(field, "owner") == "custom";
    const std::string why = !console.store.is_admin() ? "needs a user with scope all"
        : !is_ours
        ? "brought by " + text_at(field, "owner") + "; only fields that were added here can be archived"
        : flag_at(field, "archived") ? "it is archived"
                                     : "";
    ImGui::AlignTextToFramePadding();
    ui.muted("Chosen: " + label);
    ui.beside();
    if (!ui.button(
            "Archive " + label,
            {.icon = Icon::trash, .weight = Weight::danger, .enabled = why.empty(), .tip = why}
        ))
        return;
    console.desk.ask(
        {.title = "Archive " + label + "?",
         .text = "What is in it stays and can be read, and is not written any more. Adding a field of the "
                 "same name "
                 "and kind brings it back.",
         .action = "Archive " + label,
         .is_dangerous = true,
         .run = [this, &console, type = m_chosen, name, label] { archive(console, type, name, label); }}
    );
}

} // namespace mortise::ui
