#pragma once

/// \file
/// `Draw`: one value out of a JSON Schema, as far as simple means find one.

#include "samples/sampler.hpp"

namespace mortise::check {

/// What the schema says under that name; null if it says nothing.
const boost::json::value* rule(const boost::json::value& schema, std::string_view name);
std::string text_rule(const boost::json::value& schema, std::string_view name);
std::optional<double> number_rule(const boost::json::value& schema, std::string_view name);
/// Whether the schema takes values of that type, as far as "type" says.
bool takes_type(const boost::json::value& schema, std::string_view type);
/// The schema with what its "$ref" and "allOf" lead to written into it. `root`: the whole document.
boost::json::value resolved(const boost::json::value& schema, const boost::json::value& root);

/// Whether what the schema gives as "examples" and "default" is taken.
enum class Given : std::uint8_t { taken, left };

class Draw {
public:
    Draw(Sampler& sampler, const boost::json::value& root, Taste taste, std::size_t round, Given given)
        : m_sampler{sampler},
          m_root{root},
          m_taste{taste},
          m_round{round},
          m_given{given}
    {
    }

    /// `name` is that of the property: one that is called like a record type gets the id of a record.
    std::optional<Value> value(const boost::json::value& schema, std::string_view name);

private:
    std::optional<Value> given(const boost::json::value& schema) const;
    std::optional<Value> chosen(const boost::json::value& schema, std::string_view name);
    std::optional<Value> typed(const boost::json::value& schema, std::string_view name);
    std::optional<Value> object(const boost::json::value& schema);
    std::optional<Value> list(const boost::json::value& schema, std::string_view name);
    std::optional<Value> text(const boost::json::value& schema, std::string_view name);
    std::string free_text(const boost::json::value& schema, std::string_view name);
    Value whole_number(const boost::json::value& schema);
    Value number(const boost::json::value& schema);

    Sampler& m_sampler;
    const boost::json::value& m_root;
    Taste m_taste;
    std::size_t m_round;
    Given m_given;
    int m_depth{0};
};

} // namespace mortise::check
