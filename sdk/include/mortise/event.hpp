#pragma once

/// \file
/// `mortise::Event`: an event as a handler receives it, read in place; `Events` is a batch of them.

#include <mortise/abi/events.h>
#include <mortise/value_view.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace mortise {

/// An immutable fact. Lives for the call that handed it in; what you keep, copy.
class Event {
public:
    explicit Event(const mortise_event& event) noexcept : m_event{&event} { }

    std::string_view type() const noexcept { return text(m_event->type); } ///< such as "contact.created"
    std::uint32_t version() const noexcept { return m_event->version; } ///< N of its data's schema NAME/N
    std::uint64_t sequence() const noexcept { return m_event->sequence; } ///< its place in the log
    std::string_view id() const noexcept { return text(m_event->id); } ///< unique within `source`
    std::string_view source() const noexcept { return text(m_event->source); }
    /// The record that it is about; 0 for none.
    Id subject() const noexcept { return Id{static_cast<std::int64_t>(m_event->subject)}; }
    std::string_view subject_type() const noexcept { return text(m_event->subject_type); }
    Instant time() const noexcept { return {m_event->time}; } ///< when it happened
    Instant recorded() const noexcept { return {m_event->recorded}; } ///< when it got its place
    std::string_view actor() const noexcept
    {
        return text(m_event->actor);
    } ///< "user:NAME", "plugin:ID" or "host"
    /// The program that it was done with: "cli", "import 17"; may be empty.
    std::string_view client() const noexcept { return text(m_event->client); }
    /// How long it is kept and what for: MORTISE_EVENT_AUDIT, _HISTORY or _TELEMETRY.
    mortise_event_class event_class() const noexcept
    {
        return static_cast<mortise_event_class>(m_event->kind);
    }
    /// It tells of something that left the house and cannot be undone.
    bool is_external() const noexcept { return (m_event->flags & 1U) != 0; }
    std::uint64_t correlation() const noexcept { return m_event->correlation; }
    std::uint64_t causation() const noexcept { return m_event->causation; }
    ValueView links() const noexcept
    {
        return ValueView{m_event->links};
    } ///< a map of role to id or list of ids
    ValueView data() const noexcept { return ValueView{m_event->data}; }

    /// An item of its data; reads as null if there is none.
    ValueView operator[](Key key) const noexcept { return data()[key]; }
    template <RuntimeText Text>
    ValueView operator[](const Text& key) const noexcept
    {
        return data()[key];
    }

private:
    static std::string_view text(mortise_text text) noexcept { return {text.data, text.size}; }

    const mortise_event* m_event;
};

/// A batch of events of one subscription, in order.
class Events {
public:
    class Iterator {
    public:
        using value_type = Event;
        using difference_type = std::ptrdiff_t;

        Iterator() = default;
        Iterator(const std::byte* at, std::size_t step) noexcept : m_at{at}, m_step{step} { }
        Event operator*() const noexcept { return Event{*reinterpret_cast<const mortise_event*>(m_at)}; }
        Iterator& operator++() noexcept
        {
            m_at += m_step;
            return *this;
        }
        Iterator operator++(int) noexcept
        {
            Iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const Iterator&, const Iterator&) = default;

    private:
        const std::byte* m_at{nullptr};
        std::size_t m_step{0};
    };

    /// Steps by the size that the host's release gives an event.
    Events(const mortise_event* first, std::size_t count) noexcept
        : m_first{reinterpret_cast<const std::byte*>(first)},
          m_count{count},
          m_step{count > 0 ? first->size : 0}
    {
    }

    std::size_t size() const noexcept { return m_count; }
    Event operator[](std::size_t index) const noexcept { return *Iterator{m_first + index * m_step, m_step}; }
    Iterator begin() const noexcept { return {m_first, m_step}; }
    Iterator end() const noexcept { return {m_first + m_count * m_step, m_step}; }

private:
    const std::byte* m_first;
    std::size_t m_count;
    std::size_t m_step;
};

} // namespace mortise
