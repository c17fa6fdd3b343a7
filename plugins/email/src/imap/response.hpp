#pragma once

/// \file
/// What an IMAP server says (RFC 3501, RFC 9051), read out of its lines and literals. Pure: no connection, no
/// state. Whatever the bytes are, the answer is a response within the limits or an error that says what is
/// wrong with them.

#include <mortise/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::plugins::email {

/// An atom, a string, NIL, or a list in parentheses.
struct ImapValue {
    enum class Kind : std::uint8_t { nil, atom, string, list };
    Kind kind{Kind::nil};
    std::string text{}; ///< atom, string
    std::vector<ImapValue> items{}; ///< list

    /// The value as a number; nothing if it is none, or larger than an int64.
    std::optional<std::int64_t> number() const;
    bool is(std::string_view atom) const; ///< whatever the case
};

struct ImapResponse {
    enum class Kind : std::uint8_t { untagged, tagged, go_on };
    Kind kind{Kind::untagged};
    std::string tag{}; ///< tagged
    std::string name{}; ///< in capitals: "OK", "NO", "BAD", "BYE", "PREAUTH", "EXISTS", "FETCH", "CAPABILITY"
    std::int64_t number{0}; ///< untagged: what stands before the name
    std::vector<ImapValue> values{}; ///< what follows the name; of a status: its code and what belongs to it
    std::string words{}; ///< of a status or a go_on: the text for people

    bool is_status() const;
    /// The code of a status, "[UIDVALIDITY 17]", by its name in capitals: the values behind it.
    const std::vector<ImapValue>* code(std::string_view name) const;
};

struct ImapLimits {
    std::size_t depth{16}; ///< lists in lists
    std::size_t values{200'000}; ///< of one response
};

/// The size of the literal that a line ends with: `{42}`, `{42+}`, `~{42}`. Nothing if it ends with none.
std::optional<std::uint64_t> literal_size(std::string_view line);

/// Whether a response that begins so can have literals: in the words of a status "{5}" is only text.
bool may_have_literals(std::string_view first_line);

/// Reads a response. `lines` are the parts between the literals, without line ends and each but the last with
/// its `{n}`; `literals` stand between them.
Result<ImapResponse> parse_imap(
    const std::vector<std::string>& lines,
    const std::vector<std::string>& literals,
    const ImapLimits& limits = {}
);

/// A text as a quoted string; nothing if it cannot be one and must be a literal.
std::optional<std::string> imap_quoted(std::string_view text);

/// "17-Jul-1996 02:44:25 -0700" as seconds since 1970.
std::optional<std::int64_t> imap_time(std::string_view text);

} // namespace mortise::plugins::email
