#include "panels/saved_definition.hpp"

#include "base/json_read.hpp"
#include "shell/problem.hpp"

#include <boost/json/parse.hpp>

#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

SavedDefinition::SavedDefinition(Console& console, DefinitionWords words, std::string id)
    : m_words{words},
      m_id{id == "new" ? std::string{} : std::move(id)},
      m_record{
          console.link,
          console.clock,
          "records.get",
          {{"type", words.type}, {"id", m_id.empty() ? "0" : m_id}}
      }
{
}

std::optional<bool>
SavedDefinition::follow(Console& console, boost::json::value& definition, const boost::json::value& empty)
{
    if (is_new()) return false;
    m_record.keep_fresh(60s);
    if (!draw_state(console, m_record, std::string{"the "} + m_words.type)) return std::nullopt;
    if (m_taken == m_record.version()) return false;
    m_taken = m_record.version();
    boost::json::value now = at(*m_record.value(), "definition");
    if (now.is_string()) {
        boost::system::error_code failed;
        now = boost::json::parse(text_of(now), failed);
    }
    if (!now.is_object()) now = empty;
    const bool is_touched = !m_saved.is_null() && definition != m_saved;
    m_saved = now;
    m_name = text_at(*m_record.value(), "name");
    if (is_touched) return false;
    definition = std::move(now);
    return true;
}

std::string
SavedDefinition::why_not_saved(const boost::json::value& definition, std::string_view problem) const
{
    return m_name.empty()         ? "give it a name first"
        : !problem.empty()        ? std::string{problem}
        : is_saved(definition)    ? "nothing was changed"
        : m_saving.is_under_way() ? "it is being saved"
                                  : "";
}

bool SavedDefinition::draw_head(Ui& ui, const std::string& why_not)
{
    if (is_new()) {
        const std::string name_of = std::string{"ame of the "} + m_words.type;
        ui.input(
            'N' + name_of,
            m_name,
            {.hint = 'n' + name_of,
             .width = ui.px(300),
             .take_keys = std::exchange(m_begins, false),
             .is_wrong = m_error && m_error->where == "/name"}
        );
        ui.beside();
    } else {
        ui.heading(m_name);
        ui.beside(14);
    }
    return ui.button(
        is_new() ? m_words.save_new : "Save the definition",
        {.icon = Icon::check,
         .weight = Weight::primary,
         .enabled = why_not.empty(),
         .tip = why_not,
         .keys = "Ctrl+S"}
    );
}

void SavedDefinition::draw_problem(Ui& ui) const
{
    if (m_error) ui::draw_problem(ui, *m_error);
}

void SavedDefinition::save(Console& console, const boost::json::value& definition)
{
    m_error.reset();
    boost::json::object arguments{{"definition", definition}};
    arguments[is_new() ? "name" : m_words.type] = is_new() ? m_name : m_id;
    m_saving = console.link.call(
        "commands.call",
        {{"name", is_new() ? m_words.create : m_words.define}, {"arguments", std::move(arguments)}},
        [this, &console, sent = definition](const Result<boost::json::value>& answer) {
            if (!answer) {
                m_error = answer.error();
                return;
            }
            m_saved = sent;
            const std::string type = m_words.type;
            console.desk.did((is_new() ? m_words.saved_new : "Changed the " + type + ' ') + m_name, *answer);
            if (!is_new()) return m_record.refresh();
            const std::string id = text_at(*answer, type);
            console.desk.close(type + "/new");
            if (!id.empty()) console.desk.open(type + '/' + id);
        }
    );
}

} // namespace mortise::ui
