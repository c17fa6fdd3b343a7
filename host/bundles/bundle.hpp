#pragma once

/// \file
/// A bundle as its file says it: plugins that belong together, with settings, fields and records. The
/// published schema is sdk/schemas/bundle.schema.json.

#include "plugins/version.hpp"
#include "records/field.hpp"

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

struct BundlePlugin {
    std::string id;
    VersionRange range;
    Map settings{};
};

struct BundleField {
    std::string type;
    Field field;
};

struct BundleRecord {
    std::string type;
    std::vector<std::string> match; ///< fields; empty: the first unique one that has a value
    Map values;
    std::string where; ///< JSON pointer into the bundle
};

struct Bundle {
    std::string name;
    Version version;
    std::string title;
    std::string description;
    std::vector<BundlePlugin> plugins;
    std::vector<std::string> commands; ///< that something must provide
    std::vector<BundleField> fields;
    std::vector<BundleRecord> records;
    std::vector<BundleRecord> sample_data;
    boost::json::object json; ///< as it was given

    /// SHA-256 of the bundle as compact JSON, "sha256:...".
    std::string digest() const;
};

/// Errors: `bundles.unknown_member` for what a bundle cannot bring; `invalid` with a JSON pointer for what
/// the schema does not take.
Result<Bundle> parse_bundle(const boost::json::value& json);
Result<Bundle> read_bundle(std::string_view text, std::string_view what);

} // namespace mortise::host
