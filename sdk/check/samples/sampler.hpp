#pragma once

/// \file
/// `Sampler`: values that a schema or a field takes, and such as must be refused.

#include "plugins/manifest.hpp"
#include "records/schema.hpp"

#include <mortise/value.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::check {

/// Which of the values that are allowed.
enum class Taste : std::uint8_t {
    least, ///< only what must be there
    all, ///< everything that may be there, as people would fill it in
    extreme, ///< the ends of what is allowed, drawn by chance
};

/// Makes a record of a type, named in the singular or the plural, for a reference; Id{} if it cannot.
using MakeRecord = std::function<Id(std::string_view type)>;

/// A value in which one place is wrong.
struct WrongValue {
    Value value{};
    std::string what{}; ///< what is wrong with it: `"level" is 10`
    bool is_refused{true}; ///< the schema refuses it; false: the plugin itself has to see it
};

/// What it gives was checked against the schema, as the host will do. Thread-safety: one thread.
class Sampler {
public:
    /// What the manifest lists somewhere as the values of a name (an "enum", a field's options) is tried too
    /// where the same name takes any text, as in the data of an event that a command publishes.
    Sampler(const host::Manifest& manifest, std::mt19937_64& random, MakeRecord make);

    /// A value that a JSON Schema takes; nothing if none is found. `round` turns to the next of several
    /// values wherever the schema lists some: `rounds` of them see each. What the schema gives as "examples"
    /// or "default" goes before what is made.
    std::optional<Value> fitting(const boost::json::value& schema, Taste taste, std::size_t round = 0);
    /// How many rounds it takes; at most 12.
    std::size_t rounds(const boost::json::value& schema) const;

    /// Values each of which breaks one rule: another kind, not in the list, below and above what is allowed,
    /// too short and too long, of another form, missing, or the id of a record that is not there.
    std::vector<WrongValue> wrong(const boost::json::value& schema);

    /// An example as a value: in it, "{TYPE}" stands for the id of a record of that type.
    Value example(const boost::json::value& given) const;
    /// A value of a field; `round` turns through its options. Nothing if no value is known that fits.
    std::optional<Value> of_field(const host::Field& field, int serial, std::size_t round) const;

private:
    friend class Draw;
    std::optional<Value> usual_value(const host::Field& field, int serial, std::size_t round) const;

    const host::JsonSchema* compiled(const boost::json::value& schema);
    bool takes(const boost::json::value& schema, const Value& value);

    std::map<std::string, std::vector<std::string>, std::less<>> m_words; ///< listed for a name
    std::map<const boost::json::value*, std::optional<host::JsonSchema>> m_compiled;
    std::mt19937_64& m_random;
    MakeRecord m_make;
};

} // namespace mortise::check
