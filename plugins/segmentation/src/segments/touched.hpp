#pragma once

/// \file
/// What a batch of events touched, and which contacts that makes worth another look.

#include "conditions/sql_condition.hpp"

#include <mortise/event.hpp>
#include <mortise/host.hpp>

#include <map>
#include <set>
#include <string>

namespace mortise::plugins::segmentation {

using Ids = std::set<std::int64_t>;

class Touched {
public:
    void add(const Event& event);

    /// A segment was made, or changed in what it says.
    bool segments_changed() const noexcept { return m_segments_changed; }
    /// Segments whose definition is to be evaluated for everybody.
    const Ids& redefined() const noexcept { return m_redefined; }
    /// Contacts for which the condition may have another truth now.
    Ids contacts_for(const SqlCondition& condition, const Host& host) const;

private:
    struct Changes {
        Ids records;
        std::set<std::string, std::less<>> fields;
        bool whole{false}; ///< some were made, deleted or restored: every field matters
        std::map<std::string, Ids, std::less<>> referred; ///< reference -> what records refer to, or did
    };

    void add_change(const Event& event, std::string_view what);
    void add_segment(const Event& event, std::string_view what);

    std::map<std::string, Changes, std::less<>> m_types;
    std::map<std::string, Ids, std::less<>> m_events; ///< type -> records that are linked
    std::map<std::string, Ids, std::less<>> m_membership; ///< segment -> contacts
    Ids m_contacts; ///< made, deleted or restored
    Ids m_redefined;
    bool m_segments_changed{false};
};

/// An id in a row, whether or not the query knows that it is one.
std::int64_t id_number(const Cell& cell) noexcept;
/// The ids as a JSON array, for `json_each(:ids)`.
std::string json_of(const Ids& ids);

} // namespace mortise::plugins::segmentation
