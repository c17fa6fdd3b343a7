#pragma once

/// \file
/// What a screen works with, and what a screen is.

#include "model/preferences.hpp"
#include "model/store.hpp"
#include "widgets/ui.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::ui {

/// Asked before something that cannot be taken back.
struct Question {
    std::string title;
    std::string text; ///< names the object, the count and what hangs on it
    std::string action; ///< on the button: "Discard 3 events"
    bool is_dangerous{false};
    std::function<void()> run;
};

/// What can be done: in the palette, by its keys, and in the help.
struct Action {
    std::string id;
    std::string title;
    std::string group;
    std::string keys{}; ///< "Ctrl+K", "g c", "?"; empty: none
    Icon icon{Icon::none};
    std::function<void()> run;
    std::string why_not{}; ///< not empty: it cannot be done now, for this reason
};

/// The shell, as screens see it.
class Desk {
public:
    Desk() = default;
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;
    virtual ~Desk() = default;

    /// Goes to a place: "home", "list/contact", "record/contact/12", "view/pipelines.board", ...
    virtual void open(std::string_view place) = 0;
    virtual void close(std::string_view place) = 0;
    virtual void toast(Tone tone, std::string text, std::string place = {}) = 0;
    /// Tells of an error in full: what, where, how to mend it.
    virtual void tell(const Error& error) = 0;
    virtual void ask(Question question) = 0;
    /// Tells that a change was made; `answer` is the host's, and names the transaction that undo takes back.
    virtual void did(std::string what, const boost::json::value& answer) = 0;
    /// The same for a change that is taken back by another one.
    virtual void did(std::string what, std::function<void()> take_back) = 0;
    /// Runs a command: at once if nothing is missing, else asks for the arguments in a form.
    virtual void
    run_command(std::string_view name, boost::json::object arguments, std::function<void()> then = {})
        = 0;
    /// Asks for the fields of a new record, and makes it.
    virtual void create_record(std::string_view type, boost::json::object values = {}) = 0;
    virtual void set_sidebar_hidden(bool hidden) = 0;
};

struct Console {
    Ui& ui;
    Link& link;
    Store& store;
    const Clock& clock;
    Desk& desk;
    Preferences& preferences;
};

class Screen {
public:
    Screen() = default;
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;
    virtual ~Screen() = default;

    virtual std::string title() const = 0;
    virtual Icon icon() const = 0;
    virtual void draw(Console& console) = 0;
    /// What can be done here, for the palette and the help.
    virtual std::vector<Action> actions(Console& console)
    {
        static_cast<void>(console);
        return {};
    }
};

/// Makes the screen for a place; null if there is none of that name.
std::unique_ptr<Screen> make_screen(Console& console, std::string_view place);

/// Draws what stands for an answer that is not there: loading, no right, an error, the host gone. True if
/// there is an answer to draw; a note above it says if it is stale.
bool draw_state(Console& console, Resource& resource, std::string_view what);
/// The same for an error alone.
void draw_error(
    Console& console, const Error& error, std::string_view what, const std::function<void()>& retry
);

/// "list/contact" -> {"list", "contact"}; at most `most` parts, the last with the rest.
std::vector<std::string> parts_of(std::string_view place, std::size_t most);

} // namespace mortise::ui
