#pragma once

/// \file
/// `MergeEditor`: whose value counts, field by field, before two contacts become one. What it shows is what
/// the host says that the merge would do.

#include "shell/console.hpp"

#include <map>
#include <optional>
#include <string>

namespace mortise::ui {

/// Thread-safety: the UI thread.
class MergeEditor {
public:
    enum class Answer : std::uint8_t { nothing, merge, leave };

    /// `survivor` and `other`: as pairs tell them.
    void open(Console& console, boost::json::value survivor, boost::json::value other);
    void close();
    bool is_open() const noexcept { return m_is_open; }

    /// `name_of`: the name of a contact that is referred to.
    Answer
    draw(Console& console, bool is_busy, const std::function<std::string(const std::string&)>& name_of);
    /// What contacts.merge takes.
    boost::json::object arguments() const;
    const boost::json::value& survivor() const noexcept { return m_survivor; }
    const boost::json::value& other() const noexcept { return m_other; }
    bool can_merge() const noexcept { return m_is_open && m_plan && !m_call.is_under_way(); }

private:
    void ask(Console& console);
    void read_keys(Console& console, std::size_t rows);
    void take(Console& console, const std::string& field, const std::string& contact);
    void swap(Console& console);
    void draw_field(
        Console& console,
        const boost::json::value& field,
        bool is_here,
        float width,
        const std::function<std::string(const std::string&)>& name_of
    );
    void draw_value(
        Console& console,
        const boost::json::value& field,
        bool is_first,
        const std::string& text,
        const Box& box
    );
    void draw_outcome(Console& console);

    bool m_is_open{false};
    boost::json::value m_survivor;
    boost::json::value m_other;
    std::map<std::string, std::string> m_takes; ///< field -> contact
    std::optional<boost::json::value> m_plan;
    std::optional<Error> m_error;
    std::size_t m_at{0};
    bool m_was_opened{false};
    Ticket m_call;
};

} // namespace mortise::ui
