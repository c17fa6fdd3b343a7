#pragma once

/// \file
/// The header fields of a message or a part: split, and read as what they are (text, addresses, ids, a time,
/// a type with parameters). Never fails; what cannot be read is empty or as close as it comes.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::plugins::email {

/// How much of a message is looked at. What is beyond is left out and named among the problems.
struct Limits {
    std::size_t header_bytes{std::size_t{1} << 20U}; ///< of one part
    std::size_t header_fields{2'000}; ///< of one part
    std::size_t addresses{2'000}; ///< of one field
    std::size_t parts{1'000};
    std::size_t depth{24};
    std::size_t message_bytes{std::size_t{64} << 20U};
    std::size_t text_bytes{std::size_t{256} << 10U}; ///< of the text, and of the HTML, that is kept
    std::size_t decoded_bytes{std::size_t{128} << 20U}; ///< of all parts together
};

struct Header {
    std::string_view name;
    std::string_view value; ///< raw: with its folds, without the last line end
};

/// The fields of one part, in their order. Looks into the message.
class Headers {
public:
    void add(Header header) { m_fields.push_back(header); }
    /// The first field of that name, raw; nothing if there is none.
    std::optional<std::string_view> find(std::string_view name) const;
    std::string_view get(std::string_view name) const { return find(name).value_or(std::string_view{}); }
    bool has(std::string_view name) const { return find(name).has_value(); }
    std::vector<std::string_view> all(std::string_view name) const;
    const std::vector<Header>& fields() const noexcept { return m_fields; }

private:
    std::vector<Header> m_fields;
};

/// What comes of splitting: the fields, and where the body begins.
struct SplitHeaders {
    Headers headers;
    std::size_t body{0};
    bool is_cut{false}; ///< a limit was reached
};

/// Splits the fields from the body of a part. A first line that is no field means that there are none.
SplitHeaders split_headers(std::string_view part, const Limits& limits);

struct Address {
    std::string name; ///< as it is shown; may be empty
    std::string address; ///< as it was written, without display name and comments

    friend bool operator==(const Address&, const Address&) = default;
};

struct ContentType {
    std::string type{"text"}; ///< lower case
    std::string subtype{"plain"}; ///< lower case
    std::vector<std::pair<std::string, std::string>> parameters; ///< names in lower case

    std::string full() const { return type + "/" + subtype; }
    bool is(std::string_view wanted_type, std::string_view wanted_subtype) const
    {
        return type == wanted_type && subtype == wanted_subtype;
    }
    std::string_view parameter(std::string_view name) const;
};

struct Disposition {
    std::string kind; ///< lower case: "attachment", "inline", or whatever; empty if there is none
    std::string file_name;
};

/// Encoded words, broken ones and raw bytes of any charset: one line of clean text.
std::string decode_header_text(std::string_view raw);
/// The addresses of a field such as To; members of groups are among them.
std::vector<Address> decode_addresses(std::string_view raw, const Limits& limits);
/// What stands in angle brackets, or the words of a field that has none: Message-ID, References, In-Reply-To.
std::vector<std::string> decode_ids(std::string_view raw);
/// Seconds since 1970 of any date that people's programs have written; nothing for what is none.
std::optional<std::int64_t> decode_date(std::string_view raw);
ContentType decode_content_type(std::string_view raw);
Disposition decode_disposition(std::string_view raw);
/// A name that is safe to show and to save under: no folders, no control characters.
std::string safe_file_name(std::string_view name);

} // namespace mortise::plugins::email
