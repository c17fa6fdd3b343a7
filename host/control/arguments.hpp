#pragma once

/// \file
/// What a method of the control API takes: declared once, and from that come its JSON Schema, the check of
/// each call's params, and the typed reading of them in the handler.

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

enum class ParamKind : std::uint8_t { text, integer, boolean, id, object, list, any };

struct Param {
    std::string name;
    ParamKind kind{ParamKind::text};
    std::string help;
    bool required{false};
    std::vector<std::string> options{}; ///< text: the only values; empty: any
};

/// The params as a JSON Schema (2020-12) object.
boost::json::object schema_of(const std::vector<Param>& params);

/// The params of one call, checked against the declaration: readers never fail. Reading what was not
/// declared, or a required reader for what is optional, is a bug and gives the type's empty value.
class Arguments {
public:
    /// Errors: `invalid` with key "rpc.params" and `where` = "/name".
    static Result<Arguments> check(const std::vector<Param>& params, boost::json::object given);

    bool has(std::string_view name) const noexcept;
    std::string text(std::string_view name, std::string_view otherwise = {}) const;
    std::int64_t integer(std::string_view name, std::int64_t otherwise = 0) const;
    /// An integer held within bounds, for sizes of pages and the like.
    std::size_t count(std::string_view name, std::size_t otherwise, std::size_t most) const;
    bool flag(std::string_view name) const;
    /// Ids are strings of digits; a number is taken too.
    Id id(std::string_view name) const;
    boost::json::object object(std::string_view name) const;
    boost::json::array list(std::string_view name) const;
    /// Null if it was not given.
    const boost::json::value& value(std::string_view name) const;
    /// The strings of a list. Fails if an item is none.
    Result<std::vector<std::string>> texts(std::string_view name) const;
    Result<std::vector<Id>> ids(std::string_view name) const;

private:
    explicit Arguments(boost::json::object given) : m_given{std::move(given)} { }

    boost::json::object m_given;
};

/// Reads an id as JSON carries it.
Result<Id> parse_id(const boost::json::value& json, const std::string& where);
Result<Id> parse_id(std::string_view text, const std::string& where);

} // namespace mortise::host
