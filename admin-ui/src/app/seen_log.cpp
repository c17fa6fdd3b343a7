#include "app/seen_log.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cmath>
#include <csignal>
#include <utility>

namespace mortise::ui {

SeenLog::~SeenLog()
{
    if (m_file) std::fclose(m_file);
}

Result<void> SeenLog::open(const std::filesystem::path& path)
{
    m_file = std::fopen(path.c_str(), "w");
    if (!m_file)
        return Error{
            ErrorCode::io, "cannot write " + path.native(), "console.seen", {}, "is the folder there?"
        };
    std::signal(SIGPIPE, SIG_IGN); // NOLINT(cert-err33-c)
    return {};
}

void SeenLog::write(std::string_view place)
{
    if (!m_file) return;
    boost::json::array seen;
    for (const Seen& one : m_probe.seen()) {
        const auto pixel = [](float at) { return static_cast<std::int64_t>(std::lround(at)); };
        boost::json::object entry;
        entry["text"] = one.text;
        entry["box"] = boost::json::array{
            pixel(one.box.min.x), pixel(one.box.min.y), pixel(one.box.max.x), pixel(one.box.max.y)
        };
        if (one.is_control) entry["control"] = true;
        if (one.is_control && !one.is_enabled) entry["enabled"] = false;
        seen.emplace_back(std::move(entry));
    }
    boost::json::object frame;
    frame["place"] = boost::json::string{place};
    frame["seen"] = std::move(seen);
    std::string line = boost::json::serialize(frame) + '\n';
    if (line == m_last) return;
    m_last = std::move(line);
    if (std::fwrite(m_last.data(), 1, m_last.size(), m_file) == m_last.size() && std::fflush(m_file) == 0)
        return;
    std::fclose(m_file);
    m_file = nullptr;
}

} // namespace mortise::ui
