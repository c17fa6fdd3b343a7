#include "model/preferences.hpp"

#include "base/json_read.hpp"

#include <boost/json/parse.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

namespace mortise::ui {
namespace fs = std::filesystem;

Preferences::Preferences(fs::path file) : m_file{std::move(file)}
{
    if (m_file.empty()) return;
    std::ifstream in{m_file, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    boost::system::error_code failed;
    boost::json::value read = boost::json::parse(text, failed);
    if (!failed && read.is_object()) {
        m_all = std::move(read.as_object());
    } else if (!text.empty()) { // what cannot be read is kept aside, not written over
        std::error_code ignored;
        fs::rename(m_file, m_file.native() + ".unreadable", ignored);
    }
}

const boost::json::object& Preferences::all(std::string_view section) const
{
    static const boost::json::object nothing;
    const boost::json::value* const found = m_all.if_contains(section);
    return found && found->is_object() ? found->get_object() : nothing;
}

const boost::json::value& Preferences::get(std::string_view section, std::string_view name) const
{
    static const boost::json::value nothing;
    const boost::json::value* const found = all(section).if_contains(name);
    return found ? *found : nothing;
}

bool Preferences::set(std::string_view section, std::string_view name, boost::json::value value)
{
    ++m_version;
    boost::json::value& place = m_all[section];
    if (!place.is_object()) place = boost::json::object{};
    if (value.is_null())
        place.get_object().erase(name);
    else
        place.get_object()[name] = std::move(value);
    return write();
}

bool Preferences::write() const
{
    if (m_file.empty()) return true;
    std::error_code failed;
    fs::create_directories(m_file.parent_path(), failed);
    const fs::path beside = m_file.native() + ".new";
    {
        std::ofstream out{beside, std::ios::binary | std::ios::trunc};
        out << pretty(boost::json::value(m_all)) << '\n';
        if (!out.flush()) return false;
    }
    fs::rename(beside, m_file, failed);
    return !failed;
}

fs::path usual_preferences_file()
{
    const auto environment = [](const char* name) {
        const char* const value = std::getenv(name);
        return fs::path{value ? value : ""};
    };
    if (const auto path = environment("XDG_STATE_HOME"); path.is_absolute())
        return path / "mortise/console.json";
    if (const auto path = environment("HOME"); !path.empty())
        return path / ".local/state/mortise/console.json";
    return {};
}

} // namespace mortise::ui
