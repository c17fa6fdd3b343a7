#pragma once

/// \file
/// `Bisect`: which plugin is to blame, by switching halves of them off. What to do; not the doing.

#include <boost/json/value.hpp>

#include <set>
#include <string>
#include <vector>

namespace mortise::ui {

class Bisect {
public:
    /// Begins with those that are on. First all go off: if it is still wrong then, no plugin is to blame.
    static Bisect over(std::vector<std::string> enabled);
    /// What was kept, if the console ended in the middle of it; nothing was kept: `is_begun` is false.
    static Bisect read(const boost::json::value& json);
    boost::json::value json() const;

    bool is_begun() const noexcept { return !m_all.empty(); }
    bool is_over() const noexcept { return m_is_over; }
    /// The one that is to blame; empty if none is, or it is not known yet.
    std::string culprit() const;
    /// What has to be off now; all others of `all` on.
    const std::set<std::string>& off() const noexcept { return m_off; }
    const std::vector<std::string>& all() const noexcept { return m_all; }
    const std::vector<std::string>& suspects() const noexcept { return m_suspects; }
    /// The host took this one down with others that it needs.
    void note_off(const std::string& id) { m_off.insert(id); }
    /// Whether it is still wrong with `off` off. Chooses the next half.
    void answer(bool is_still_wrong);
    /// How many answers are to come at most.
    int steps_left() const;

private:
    void choose_half();

    std::vector<std::string> m_all;
    std::vector<std::string> m_suspects;
    std::set<std::string> m_off;
    bool m_is_over{false};
};

} // namespace mortise::ui
