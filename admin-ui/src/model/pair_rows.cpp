#include "model/pair_rows.hpp"

#include "base/json_read.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t page = 100;
constexpr std::size_t most_at_once = 500;

/// "99.99 %", cut and not rounded, so that nothing is said to be surer than it is.
std::string score_text(double score)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.2f %%", std::floor(score * 10'000) / 100);
    return text;
}

} // namespace

std::string contact_name(const boost::json::value& contact)
{
    const std::string name = text_at(contact, "name");
    return name.empty() ? "#" + text_at(contact, "id") : name;
}

void PairRows::ask(std::string state, std::string band)
{
    m_state = std::move(state);
    m_band = std::move(band);
    m_rows.clear();
    m_taken_out.clear();
    m_next.clear();
    m_error.reset();
    m_is_known = false;
    load(page, {});
}

void PairRows::refresh()
{
    load(std::clamp(m_rows.size(), page, most_at_once), {});
}

void PairRows::follow()
{
    const std::int64_t changes = m_store.changes_of("duplicate_pair");
    const auto now = m_store.clock.steady();
    const bool is_other = m_session != m_store.link.session();
    if (m_store.link.state() != LinkState::open || m_call.is_under_way()) return;
    if (!is_other && (changes == m_changes || now - m_asked_at < 1s)) return;
    refresh();
}

void PairRows::load(std::size_t limit, const std::string& after)
{
    m_changes = m_store.changes_of("duplicate_pair");
    m_session = m_store.link.session();
    m_asked_at = m_store.clock.steady();
    boost::json::object arguments{{"state", m_state}, {"limit", limit}};
    if (!m_band.empty()) arguments["band"] = m_band;
    if (!after.empty()) arguments["after"] = after;
    m_call = m_store.link.call(
        "commands.call",
        {{"name", "duplicates.list"}, {"arguments", std::move(arguments)}},
        [this, is_more = !after.empty()](const Result<boost::json::value>& answer) {
            if (!answer) {
                m_error = answer.error();
                m_next.clear();
                return;
            }
            m_error.reset();
            m_answered_at = m_store.clock.steady();
            m_is_known = true;
            if (!is_more) {
                m_rows.clear();
                m_taken_out.clear();
            }
            for (const auto& pair : array_at(*answer, "pairs"))
                if (!m_taken_out.contains(text_at(pair, "id"))) m_rows.push_back(pair);
            m_next = text_at(*answer, "next");
            ++m_version;
        }
    );
}

void PairRows::take_out(const std::vector<std::string>& ids)
{
    m_taken_out.insert(ids.begin(), ids.end());
    std::erase_if(m_rows, [&](const boost::json::value& row) {
        return m_taken_out.contains(text_at(row, "id"));
    });
    ++m_version;
}

bool PairRows::is_skipped(std::int64_t row) const
{
    return m_skipped.contains(text_at(this->row(row), "id"));
}

const boost::json::value& PairRows::row(std::int64_t index) const
{
    static const boost::json::value nothing;
    return index >= 0 && index < count() ? m_rows[static_cast<std::size_t>(index)] : nothing;
}

std::chrono::seconds PairRows::age() const
{
    return std::chrono::duration_cast<std::chrono::seconds>(m_store.clock.steady() - m_answered_at);
}

std::int64_t PairRows::key(std::int64_t index) const
{
    return integer_of(at(row(index), "id"), -1);
}

void PairRows::want(std::int64_t first, std::int64_t last)
{
    static_cast<void>(first);
    if (last + 20 < count() || m_next.empty() || m_call.is_under_way()) return;
    if (m_store.link.state() == LinkState::open) load(page, m_next);
}

std::optional<GridCell> PairRows::cell(std::int64_t index, const GridColumn& column) const
{
    const auto& pair = row(index);
    if (pair.is_null()) return std::nullopt;
    if (column.key == "score") {
        const double score = number_of(at(pair, "score"));
        return GridCell{.text = score_text(score), .look = CellLook::mono};
    }
    if (column.key == "first" || column.key == "second") {
        GridCell cell{.text = contact_name(at(pair, column.key))};
        if (column.key == "first") cell.look = CellLook::strong;
        return cell;
    }
    if (column.key == "about") {
        if (is_skipped(index)) return GridCell{.text = "skipped", .look = CellLook::muted};
        std::string text = text_at(pair, "caution");
        if (m_state != "open") text = text_at(pair, "reason");
        return GridCell{.text = std::move(text), .look = CellLook::muted};
    }
    return GridCell{.text = text_at(pair, column.key)};
}

} // namespace mortise::ui
