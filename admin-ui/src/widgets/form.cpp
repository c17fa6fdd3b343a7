#include "widgets/form.hpp"

#include "base/json_read.hpp"
#include "widgets/schema.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace mortise::ui {
namespace {

constexpr int deepest = 6;
constexpr std::size_t most_fields = 400;

} // namespace

SchemaForm::SchemaForm(boost::json::value schema, boost::json::value values)
    : m_schema(std::move(schema)),
      m_values(std::move(values))
{
    if (!m_values.is_object()) m_values = boost::json::object{};
}

void SchemaForm::set_values(boost::json::value values)
{
    m_values = std::move(values);
    if (!m_values.is_object()) m_values = boost::json::object{};
    m_texts.clear();
}

bool SchemaForm::is_empty() const
{
    return object_at(m_schema, "properties").empty();
}

std::vector<FormProblem> SchemaForm::problems() const
{
    std::vector<FormProblem> problems;
    check_value(m_schema, m_values, "", problems);
    for (const auto& [where, text] : m_texts)
        if (where.ends_with("!")) problems.push_back({where.substr(0, where.size() - 1), "this is no JSON"});
    return problems;
}

void SchemaForm::show_problem(FormProblem problem)
{
    m_shown = std::move(problem);
}

bool SchemaForm::draw(Ui& ui)
{
    m_entered = false;
    return draw_object(ui, m_schema, m_values, "", 0);
}

bool SchemaForm::draw_object(
    Ui& ui, const boost::json::value& schema, boost::json::value& value, const std::string& where, int depth
)
{
    bool changed = false;
    if (!value.is_object()) value = boost::json::object{};
    boost::json::object& object = value.get_object();
    const auto& required = array_at(schema, "required");
    std::size_t count = 0;
    for (const auto& [key, sub] : object_at(schema, "properties")) {
        if (++count > most_fields) {
            ui.small("There are more fields than fit a form; set the others by the command line.");
            break;
        }
        const std::string name{key};
        const std::string place = where + '/' + name;
        const bool is_needed
            = std::ranges::any_of(required, [&](const auto& one) { return text_of(one) == name; });
        ImGui::PushID(static_cast<int>(Ui::id_of(place)));
        ImGui::BeginGroup();
        const std::string type = type_of(sub);
        const std::string label = label_of(sub, name);
        if (type != "boolean") {
            ui.small(label + (is_needed ? " *" : ""), ui.colors().text);
            if (const std::string help = text_at(sub, "description"); !help.empty())
                ui.wrapped(help, ui.colors().muted);
        }
        const auto* had = object.if_contains(name);
        boost::json::value one = had ? *had : at(sub, "default");
        if (draw_value(ui, sub, one, place, depth + 1)) {
            changed = true;
            if (one.is_null() && !may_be(sub, "null"))
                object.erase(name);
            else
                object[name] = one;
        }
        if (type == "boolean")
            if (const std::string help = text_at(sub, "description"); !help.empty())
                ui.wrapped(help, ui.colors().muted);
        if (m_shown && m_shown->where == place) {
            ui.icon(Icon::error, ui.colors().danger);
            ui.beside(4);
            ui.text(m_shown->text, ui.colors().danger);
        }
        ui.gap(10);
        ImGui::EndGroup();
        ImGui::PopID();
    }
    return changed;
}

bool SchemaForm::draw_value(
    Ui& ui, const boost::json::value& schema, boost::json::value& value, const std::string& where, int depth
)
{
    if (const auto& options = array_at(schema, "enum"); !options.empty())
        return draw_choice(ui, options, array_at(schema, "enumNames"), value, where);
    for (const std::string_view several : {"oneOf", "anyOf"})
        if (const auto& variants = array_at(schema, several); !variants.empty() && depth < deepest)
            return draw_variants(ui, variants, value, where, depth);
    const std::string type = type_of(schema);
    if (type == "boolean") {
        bool flag = flag_of(value);
        const std::size_t slash = where.rfind('/');
        const bool pressed = ui.check(label_of(schema, where.substr(slash + 1)), flag);
        if (pressed) value = flag;
        return pressed;
    }
    if (type == "object" && depth < deepest && at(schema, "properties").is_object()) {
        ImGui::Indent(ui.px(14));
        const bool changed = draw_object(ui, schema, value, where, depth);
        ImGui::Unindent(ui.px(14));
        return changed;
    }
    if (type == "array" && depth < deepest) return draw_array(ui, schema, value, where, depth);
    if (type == "string" || type == "integer" || type == "number") return draw_text(ui, schema, value, where);
    return draw_json(ui, value, where);
}

bool SchemaForm::draw_text(
    Ui& ui, const boost::json::value& schema, boost::json::value& value, const std::string& where
)
{
    const std::string format = text_at(schema, "format");
    const bool is_long
        = integer_at(schema, "maxLength") > 500 || format == "multiline" || format == "markdown";
    std::string hint = text_of(at(schema, "default"));
    if (hint.empty() && format == "date") hint = "2026-01-31";
    if (hint.empty() && format == "date-time") hint = "2026-01-31T12:00:00Z";
    std::string text = text_of(value);
    const InputAnswer answer = ui.input(
        label_of(schema, where.substr(where.rfind('/') + 1)),
        text,
        {.hint = hint,
         .take_keys = std::exchange(m_take_keys, false),
         .is_wrong = m_shown && m_shown->where == where,
         .is_secret = format == "password" || flag_at(schema, "writeOnly"),
         .height = is_long ? ui.px(72) : 0}
    );
    m_entered = m_entered || answer.entered || answer.left;
    if (!answer.changed) return false;
    value = typed_value(schema, text);
    if (m_shown && m_shown->where == where) m_shown.reset();
    return true;
}

bool SchemaForm::draw_choice(
    Ui& ui,
    const boost::json::array& options,
    const boost::json::array& labels,
    boost::json::value& value,
    const std::string& where
)
{
    std::vector<std::string> names;
    std::size_t chosen = SIZE_MAX;
    for (std::size_t i = 0; i < options.size() && i < 2000; ++i) {
        const std::string label = i < labels.size() ? text_of(labels[i]) : std::string{};
        names.push_back(!label.empty() ? label : options[i].is_null() ? "(none)" : text_of(options[i]));
        if (options[i] == value) chosen = i;
    }
    const auto answer = ui.choice(where, names, chosen);
    if (!answer) return false;
    value = options[*answer];
    m_entered = true;
    if (m_shown && m_shown->where == where) m_shown.reset();
    return true;
}

bool SchemaForm::draw_variants(
    Ui& ui, const boost::json::array& variants, boost::json::value& value, const std::string& where, int depth
)
{
    std::vector<std::string> names;
    for (std::size_t i = 0; i < variants.size() && i < 100; ++i) {
        std::string name = text_at(variants[i], "title");
        if (name.empty()) name = type_of(variants[i]);
        names.push_back(name.empty() ? "Form " + std::to_string(i + 1) : words_of(name));
    }
    std::size_t& chosen = m_variants[where];
    chosen = std::min(chosen, names.size() - 1);
    bool changed = false;
    if (const auto answer = ui.choice(where + " as", names, chosen)) {
        chosen = *answer;
        value = nullptr;
        changed = true;
    }
    return draw_value(ui, variants[chosen], value, where, depth + 1) || changed;
}

bool SchemaForm::draw_array(
    Ui& ui, const boost::json::value& schema, boost::json::value& value, const std::string& where, int depth
)
{
    if (!value.is_array()) value = boost::json::array{};
    boost::json::array& items = value.get_array();
    bool changed = false;
    std::optional<std::size_t> removed;
    for (std::size_t i = 0; i < items.size() && i < 200; ++i) {
        const std::string place = where + '/' + std::to_string(i);
        ImGui::PushID(static_cast<int>(i));
        if (ui.button(
                "Remove item " + std::to_string(i + 1),
                {.icon = Icon::close, .weight = Weight::quiet, .icon_only = true}
            ))
            removed = i;
        ui.beside(4);
        ImGui::BeginGroup();
        changed = draw_value(ui, at(schema, "items"), items[i], place, depth + 1) || changed;
        ImGui::EndGroup();
        ImGui::PopID();
    }
    if (removed) {
        items.erase(items.begin() + static_cast<std::ptrdiff_t>(*removed));
        m_texts.clear();
        changed = true;
    }
    if (ui.button("Add", {.icon = Icon::plus, .weight = Weight::quiet})) {
        const std::string type = type_of(at(schema, "items"));
        items.push_back(
            type == "object" ? boost::json::value(boost::json::object{}) : at(at(schema, "items"), "default")
        );
        changed = true;
    }
    return changed;
}

bool SchemaForm::draw_json(Ui& ui, boost::json::value& value, const std::string& where)
{
    const auto found = m_texts.find(where);
    std::string text = found != m_texts.end() ? found->second
        : value.is_null()                     ? ""
        : value.is_string()                   ? text_of(value)
                                              : boost::json::serialize(value);
    const InputAnswer answer = ui.input(
        where, text, {.hint = "text, or JSON", .mono = true, .take_keys = std::exchange(m_take_keys, false)}
    );
    m_entered = m_entered || answer.entered || answer.left;
    if (!answer.changed) return false;
    m_texts[where] = text;
    m_texts.erase(where + '!');
    const bool looks_json = !text.empty() && (text[0] == '{' || text[0] == '[' || text[0] == '"');
    boost::system::error_code failed;
    boost::json::value parsed = boost::json::parse(text, failed);
    if (!failed)
        value = std::move(parsed);
    else if (text.empty())
        value = nullptr;
    else
        value = boost::json::string{text};
    if (failed && looks_json) m_texts[where + '!'] = text;
    return true;
}

} // namespace mortise::ui
