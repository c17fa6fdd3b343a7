#pragma once

/// \file
/// Takes a message in: finds its conversation and its people, keeps it once, and notes what became of it.

#include "bounces/bounce.hpp"
#include "store/addresses.hpp"

#include <mortise/host.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace mortise::plugins::email {

/// Where a message was seen.
struct Place {
    Id mailbox; ///< 0 for none, such as a file of unknown origin
    std::string folder;
    std::int64_t uid{0}; ///< 0 for none
    std::int64_t uid_validity{0};
    std::string flags{}; ///< as the server has them: "answered seen"
};

/// What became of a message.
struct Taken {
    std::string result; ///< "stored", "duplicate", "filtered", "waiting"
    std::string reason;
    Id message;
    Id thread;
    Id contact;
    BounceReport bounces;
};

/// What the sender wrote, as 64 hex digits: the same for every copy of a message, whatever servers put on it.
std::string fingerprint_of(const Message& message);
/// The fields of an `email_message` that come out of the message itself.
Map message_values(const Message& message);
/// SHA-256 in hex.
std::string sha256(std::string_view bytes);

/// Takes messages in, one at a time. Reads settings and mailboxes once. Thread-safety: none.
class Ingest {
public:
    explicit Ingest(const Host& host);

    /// Takes one in, within a unit of the caller's. Two of the same unit do not see each other: give each its
    /// own.
    Taken take(std::string_view raw, const Place& place, Work& work);

    /// Notes one that was seen and not taken in, with the reason: "filtered", "error".
    void note_left(const Place& place, std::string_view result, std::string_view reason, Work& work) const;

    const AddressPolicy& policy() const noexcept { return m_policy; }

private:
    struct Person {
        Address address;
        std::string normal;
        const char* role;
        Id contact;
    };
    struct Thread {
        Id id;
        bool is_new{false};
        Id answers; ///< the message that is answered, if it is known
        bool answers_ours{false};
    };

    Taken seen_again(Id message, const Message& parsed, const Place& place, Work& work) const;
    std::vector<Person> people_of(const Message& message) const;
    std::string strangers_at(Id mailbox) const;
    Thread find_thread(const Message& message, const std::vector<Person>& people) const;
    Id make_contact(const Person& person, Work& work) const;
    void note(const Taken& taken, const Message& message, const Place& place, Work& work) const;
    void
    update_thread(const Thread& thread, const Message& message, bool is_out, Id contact, Work& work) const;
    void publish(const Taken& taken, const Message& message, const Thread& thread, Work& work) const;

    Host m_host;
    AddressPolicy m_policy;
    std::string m_strangers;
    std::int64_t m_soft_bounces{5};
    bool m_keeps_raw{false};
};

} // namespace mortise::plugins::email
