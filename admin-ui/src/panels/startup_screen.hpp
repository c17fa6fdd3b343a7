#pragma once

/// \file
/// What each plugin took to be there: declared when the host started, its code loaded when it was first
/// needed.

#include "shell/console.hpp"

namespace mortise::ui {

/// Microseconds since 1970 of an RFC 3339 time in UTC; -1 if it is none.
std::int64_t microseconds_of(std::string_view rfc3339);

/// Thread-safety: the UI thread.
class StartupScreen final : public Screen {
public:
    std::string title() const override { return "Start-up"; }
    Icon icon() const override { return Icon::chart; }
    void draw(Console& console) override;

private:
    struct Row {
        std::string id;
        std::string name;
        std::int64_t at{0}; ///< microseconds since the host started
        std::int64_t declare_ns{0};
        std::int64_t load_ns{0};
        std::int64_t activate_ns{0};
        std::int64_t loaded_at{-1};
        std::int64_t loads{0};
    };

    static std::vector<Row> rows_of(Console& console, std::int64_t began);
    static void draw_row(Console& console, const Row& row, std::int64_t end_us, std::int64_t longest_ns);
};

} // namespace mortise::ui
