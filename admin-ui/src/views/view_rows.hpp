#pragma once

/// \file
/// `ViewRows`: the rows of a view's query as its columns say they are drawn: badges, links, times that tell
/// how long ago.

#include "model/clock.hpp"
#include "model/table_rows.hpp"

#include <map>
#include <string>
#include <string_view>

namespace mortise::ui {

/// "3 min ago", "in 2 h"; the time itself if it is further away than two weeks, or cannot be read.
std::string relative_time_text(std::string_view rfc3339, Clock::Wall now);
/// What a state's word says, as far as words are known: "failing" is bad news whoever says it.
Tone tone_of_word(std::string_view word);

/// Thread-safety: the UI thread.
class ViewRows final : public GridSource {
public:
    /// `rows` and `clock` outlive it.
    ViewRows(QueryRows& rows, const Clock& clock) : m_rows{rows}, m_clock{clock} { }

    /// Of the column with that key: "badge", "link", "relative_time", "percent", "bar", "progress"; others as
    /// their kind is.
    void set_format(std::string key, std::string format) { m_formats[std::move(key)] = std::move(format); }
    /// The row as an object, by the names of its columns.
    boost::json::object row(std::int64_t index) const;

    std::int64_t count() const override { return m_rows.count(); }
    std::optional<GridCell> cell(std::int64_t row, const GridColumn& column) const override;

private:
    QueryRows& m_rows;
    const Clock& m_clock;
    std::map<std::string, std::string, std::less<>> m_formats;
};

} // namespace mortise::ui
