#pragma once

/// \file
/// Writes events into the log, inside the transaction of the change that caused them. Only the writer uses
/// it.

#include "records/unit_of_work.hpp"

#include <mortise/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mortise::host {

class Connection;

/// An event ready to be written, but for its number and the time of recording.
struct PreparedEvent {
    std::string type;
    Id subject;
    std::int64_t subject_type{0}; ///< id of the record type; 0: none
    Instant time;
    EventClass event_class{EventClass::history};
    bool external{false};
    std::string schema;
    std::vector<EventLink> links; ///< the subject itself is not among them
    std::string data; ///< JSON
    std::array<std::byte, 16> salt{};
    std::array<std::byte, 32> payload_digest{}; ///< H(salt, data)
};

/// What all events of one unit share.
struct EventOrigin {
    std::string actor;
    std::string client;
    std::int64_t cause{0};
    std::int64_t correlation{0};
    std::uint32_t depth{0};
};

class EventWriter {
public:
    /// Makes the tables where they are not there and reads the end of the log.
    Result<void> open(Connection& connection);

    /// The number that the last written event has.
    std::int64_t last() const noexcept { return m_last; }
    /// Writes the events of one unit with consecutive numbers. `unit` is the number that its last event will
    /// have.
    Result<void> append(
        Connection& connection,
        const std::vector<PreparedEvent>& events,
        const EventOrigin& origin,
        std::int64_t unit,
        Instant now
    );

    /// Called when the transaction, or its part since `mark`, was undone.
    void rewind(std::int64_t mark) noexcept;
    /// Called when the transaction is durable.
    void settle() noexcept { m_fresh_names.clear(); }

private:
    Result<std::int64_t> name_id(Connection& connection, std::string_view text);
    Result<void> append_links(Connection& connection, const PreparedEvent& event, std::int64_t number);

    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept
        {
            return std::hash<std::string_view>{}(text);
        }
    };

    std::int64_t m_last{0};
    Instant m_recorded;
    std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>> m_names;
    std::vector<std::string> m_fresh_names; // not durable yet
};

} // namespace mortise::host
