#pragma once

/// \file
/// What `mortise` prints: with --json exactly one JSON document on standard output, else tables for people.
/// Messages and errors go to standard error.

#include "app/table.hpp"

#include <mortise/result.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

/// A column of a list: its heading and where its value stands in the objects, "a.b" being b in a.
struct ListColumn {
    std::string heading;
    std::string path;
};

/// One option or a list of them as people read it. `labels`: of those that have one.
boost::json::value option_text(const boost::json::object& labels, const boost::json::value& value);

/// Used by one thread at a time.
class Output {
public:
    explicit Output(bool json) : m_json{json} { }

    bool is_json() const noexcept { return m_json; }
    /// One document with --json; else the lines that `people` makes.
    template <class People>
    void print(const boost::json::value& json, People people)
    {
        if (m_json)
            document(json);
        else
            people();
    }
    /// A list of objects: an array with --json, else a table. `nothing` is said when it is empty.
    void
    list(const boost::json::array& objects, const std::vector<ListColumn>& columns, std::string_view nothing);
    /// One object: itself with --json, else a line for each member.
    void object(const boost::json::object& object);

    /// Writes a line to standard output.
    void line(std::string_view text);
    /// Writes to standard output as it is, for streams.
    void raw(std::string_view text);
    /// Hands on what standard output holds back.
    void flush();
    /// Writes a line for people to standard error; not with --json.
    void note(std::string_view text);
    void error(const Error& error);

private:
    void document(const boost::json::value& json);

    bool m_json;
};

/// A value as people read it: money as "12.30 EUR", null as nothing, lists and objects as JSON.
std::string cell_text(const boost::json::value& value);
/// The value under a path of keys, "a.b"; null if there is none.
const boost::json::value& at_path(const boost::json::object& object, std::string_view path);

} // namespace mortise::host
