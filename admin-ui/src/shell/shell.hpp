#pragma once

/// \file
/// `Shell`: what stands around the screens: rail, tabs, palette, keys, dialogs, messages, undo.

#include "shell/console.hpp"
#include "shell/dialogs.hpp"
#include "shell/palette.hpp"

#include <deque>
#include <filesystem>

namespace mortise::ui {

struct ShellOptions {
    ThemeName theme{ThemeName::light};
    float scale{1};
    std::filesystem::path preferences{}; ///< a file; empty: nothing is kept
};

/// Thread-safety: the UI thread.
class Shell final : public Desk {
public:
    /// ImGui's context must be there, and stay.
    Shell(Link& link, const Clock& clock, const ShellOptions& options);
    ~Shell() override;

    /// Draws one frame, between NewFrame and Render.
    void draw();
    /// Whether something moves, so that another frame is wanted by itself.
    bool wants_frames() const;

    void open(std::string_view place) override;
    void close(std::string_view place) override;
    void toast(Tone tone, std::string text, std::string place) override;
    void tell(const Error& error) override;
    void ask(Question question) override;
    void did(std::string what, const boost::json::value& answer) override;
    void did(std::string what, std::function<void()> take_back) override;
    void
    run_command(std::string_view name, boost::json::object arguments, std::function<void()> then) override;
    void create_record(std::string_view type, boost::json::object values) override;
    void set_sidebar_hidden(bool hidden) override { m_rail_is_narrow = hidden; }

    Ui& ui() noexcept { return m_ui; }
    Store& store() noexcept { return m_store; }
    Console& console() noexcept { return m_console; }
    PaletteBox& palette() noexcept { return m_palette; }
    std::string place() const;
    /// Closes all tabs but the one that is shown.
    void close_others();
    /// Everything that can be done here and now.
    std::vector<Action> actions();
    std::vector<Entry> palette_entries();
    Theme& theme() noexcept { return m_theme; }
    const Theme& theme() const noexcept { return m_theme; }
    /// Asked for by the user.
    bool wants_scale(float& scale);

private:
    struct Tab {
        std::string place;
        std::unique_ptr<Screen> screen;
    };
    struct Toast {
        Tone tone;
        std::string text;
        std::string place;
        std::uint64_t done; ///< what undo takes back; 0: nothing
        Clock::Steady until;
    };
    struct Done {
        std::uint64_t number;
        std::string what;
        std::string transaction;
        std::function<void()> take_back{}; ///< instead of a transaction
    };

    void draw_top(const Box& box);
    void draw_rail(const Box& box);
    float draw_rail_item(
        const Box& rail,
        float y,
        Icon icon,
        std::string_view label,
        std::string_view place,
        std::int64_t count = 0,
        Tone tone = Tone::neutral
    );
    void draw_tabs(const Box& box);
    void draw_content(const Box& box);
    void draw_status(const Box& box);
    void draw_toasts();
    void draw_connection(const Box& box);
    void read_keys();
    bool run_key(std::string_view keys);
    void undo();
    void remember(Done done);
    void undo(std::uint64_t number);
    void open_palette();
    void cycle_theme();
    void add_places(std::vector<Action>& actions);
    void add_own(std::vector<Action>& actions);
    bool is_over() const;

    Theme m_theme;
    Ui m_ui;
    Link& m_link;
    const Clock& m_clock;
    Store m_store;
    Preferences m_preferences;
    Console m_console;
    std::vector<Tab> m_tabs;
    std::size_t m_active{0};
    std::vector<std::string> m_to_open;
    std::vector<std::string> m_to_close;
    PaletteBox m_palette;
    Dialogs m_dialogs;
    std::deque<Toast> m_toasts;
    std::vector<Done> m_done;
    std::uint64_t m_done_count{0};
    char m_leader{0}; ///< "g" was pressed, and a letter is to come
    bool m_rail_is_narrow{false};
    float m_wanted_scale{0};
    std::vector<Ticket> m_calls;
};

} // namespace mortise::ui
