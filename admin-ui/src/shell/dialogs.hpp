#pragma once

/// \file
/// What lies over the screens and asks something: questions before what cannot be taken back, forms for
/// commands and new records, the sheet of keys.

#include "shell/console.hpp"
#include "widgets/form.hpp"

namespace mortise::ui {

/// Thread-safety: the UI thread.
class Dialogs {
public:
    void ask(Question question);
    void open_command(
        Console& console, std::string name, boost::json::object arguments, std::function<void()> then
    );
    void open_record(Console& console, const TypeInfo& type, boost::json::object values);
    void open_help(std::vector<Action> actions);
    bool is_open() const noexcept { return m_kind != Kind::none; }
    void draw(Console& console);
    void close();

private:
    enum class Kind : std::uint8_t { none, question, form, result, help };

    Box begin(Console& console, float width, float height, std::string_view title);
    void end();
    void draw_question(Console& console);
    void draw_form(Console& console);
    void draw_result(Console& console);
    void draw_help(Console& console);
    void send(Console& console);
    void answered(Console& console, Result<boost::json::value> answer);

    Kind m_kind{Kind::none};
    Question m_question;
    std::vector<Action> m_help;
    std::optional<SchemaForm> m_form;
    std::optional<Error> m_error;
    std::string m_title;
    std::string m_text;
    std::string m_button;
    std::string m_method; ///< "commands.call" or "records.create"
    std::string m_name; ///< of the command or the type
    boost::json::value m_result;
    std::function<void()> m_then;
    bool m_is_writing{false};
    bool m_can_preview{false};
    bool m_is_preview{false};
    bool m_is_plain_read{false};
    const TypeInfo* m_type{nullptr};
    TypeInfo m_type_copy;
    Ticket m_call;
    bool m_was_opened{false};
};

/// The form of a new record as a JSON Schema.
boost::json::value schema_of(const TypeInfo& type);

} // namespace mortise::ui
