#pragma once

/// \file
/// What the database keeps about trust: small JSON documents, each by a kind and a name.

#include <mortise/result.hpp>

#include <boost/json/object.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::host {

class Clock;
class Database;
class Writer;

/// Thread-safety: any thread.
class TrustStore {
public:
    TrustStore(Database& database, Writer& writer, const Clock& clock)
        : m_database{database},
          m_writer{writer},
          m_clock{clock}
    {
    }

    /// Makes the table where it is not there.
    Result<void> open();
    /// All of one kind, by name.
    Result<std::map<std::string, boost::json::object, std::less<>>> load(std::string_view kind);
    /// Nothing takes the document away.
    Result<void>
    save(std::string_view kind, std::string_view name, const std::optional<boost::json::object>& document);
    /// The keys that earlier versions kept in a plugin's settings, which are taken away from there: the
    /// plugin's id and the key as a line of text.
    Result<std::map<std::string, std::string>> take_former_keys();

private:
    Database& m_database;
    Writer& m_writer;
    const Clock& m_clock;
};

} // namespace mortise::host
