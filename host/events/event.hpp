#pragma once

/// \file
/// An event as it is read back from the log: an immutable fact.

#include "records/unit_of_work.hpp"

#include <mortise/value.hpp>

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

struct Event {
    std::int64_t number{0}; ///< place in the log of this database; no number is missing
    std::string type; ///< "contact.created"
    Id subject;
    std::string subject_type; ///< record type of the subject; empty if it has none
    Instant time; ///< when it happened
    Instant recorded; ///< when it was written; never goes back
    std::string actor; ///< as `Principal::name` gave it
    std::string client; ///< the program that it was done with: "cli", "import 17"
    std::string schema; ///< "contact.created/1"
    EventClass event_class{EventClass::history};
    bool external{false};
    std::int64_t unit{0}; ///< number of the commit that wrote it
    std::int64_t cause{0};
    std::int64_t correlation{0};
    std::uint32_t depth{0};
    std::vector<EventLink> links;
    Map data;
};

/// The event as CloudEvents 1.0 JSON (structured mode, section 3 of the JSON format); `source` is that of the
/// database, such as "mortise:3f2a.../1".
boost::json::object cloud_event(const Event& event, std::string_view source);

/// Whether a type matches a pattern: "contact.created", "contact.*", "*".
bool matches(std::string_view pattern, std::string_view type) noexcept;

} // namespace mortise::host
