#pragma once

/// \file
/// JSON Schema 2020-12: manifests, settings, commands' arguments and results are checked against it. An error
/// names the place as a JSON pointer, says in words which rule was broken by which value, and how to mend it.
///
/// Not known and therefore refused when a schema is read: `unevaluatedProperties`, `unevaluatedItems`,
/// dynamic references, references into other documents, and spellings of older drafts. `format` is checked
/// for `date`, `time` and `date-time` and is a note otherwise, as the standard has it.

#include <mortise/result.hpp>

#include <boost/json/fwd.hpp>

#include <memory>
#include <string>

namespace mortise::host {

/// A schema that was read and found sound. Immutable and cheap to copy. Thread-safety: any thread at any
/// time.
class JsonSchema {
public:
    /// Reads a schema. `invalid` if it is none: `where` is then a JSON pointer into the schema.
    static Result<JsonSchema> compile(const boost::json::value& schema);

    /// `invalid` if the value breaks a rule: `where` is a JSON pointer into the value ("" for the whole). Of
    /// several broken rules the first is told.
    Result<void> validate(const boost::json::value& value) const;

    struct Document;

private:
    explicit JsonSchema(std::shared_ptr<const Document> document);

    std::shared_ptr<const Document> m_document;
};

/// Adds a step to a JSON pointer, with `~` and `/` escaped.
std::string pointer_step(const std::string& pointer, std::string_view step);

} // namespace mortise::host
