#pragma once

/// \file
/// Addresses as they are compared, and whose they are.

#include <mortise/host.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::email {

/// Lower case, the domain in its ASCII form, normal form C; empty for what is no address of a mailbox.
std::string normal_address(std::string_view address);
/// The same without what stands behind a plus sign: "ann+shop@example.com" is Ann's.
std::string without_tag(std::string_view normal);
std::string_view domain_of(std::string_view normal);

/// What the settings say about addresses, and our own mailboxes.
class AddressPolicy {
public:
    explicit AddressPolicy(const Host& host);
    /// For tests of the rules alone.
    AddressPolicy(
        std::vector<std::string> own_addresses,
        std::vector<std::string> internal_domains,
        std::vector<std::string> not_people
    );

    /// One of our mailboxes, or of a colleague.
    bool is_internal(std::string_view normal) const;
    /// no-reply, mailer-daemon, bounces and the like: nobody reads what is sent there.
    bool is_nobody(std::string_view normal) const;

private:
    std::vector<std::string> m_own;
    std::vector<std::string> m_domains;
    std::vector<std::string> m_not_people;
};

/// The contact who has this address, as one of any number; by the address as it is first, then without its
/// tag. 0 if nobody has. If several have it, the one who had it first.
Id find_contact(const Host& host, std::string_view normal);

} // namespace mortise::plugins::email
