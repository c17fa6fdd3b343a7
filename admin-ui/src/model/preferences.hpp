#pragma once

/// \file
/// `Preferences`: what the console keeps of a person from one start to the next: views of lists that were
/// saved, and what must not be forgotten if the console ends in the middle of it.

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace mortise::ui {

/// Thread-safety: the UI thread.
class Preferences {
public:
    /// Without a path they are forgotten with this.
    explicit Preferences(std::filesystem::path file = {});

    /// Null if there is none.
    const boost::json::value& get(std::string_view section, std::string_view name) const;
    const boost::json::object& all(std::string_view section) const;
    /// Null takes it away. Written at once; false if the file cannot be written: then it is kept in memory.
    bool set(std::string_view section, std::string_view name, boost::json::value value);
    const std::filesystem::path& file() const noexcept { return m_file; }
    /// Grows with each change.
    int version() const noexcept { return m_version; }

private:
    bool write() const;

    std::filesystem::path m_file;
    boost::json::object m_all;
    int m_version{0};
};

/// Where they lie if nobody says where: the user's folder for state.
std::filesystem::path usual_preferences_file();

} // namespace mortise::ui
