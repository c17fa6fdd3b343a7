#pragma once

/// \file
/// What `mortise-sdk dev` does at each save: build, look at the manifest, hand the plugin to the running
/// host, try its queries and views there, and tell what it logs.

#include "program/output.hpp"

#include <mortise/control/connection.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace mortise::tool {

class DevSession {
public:
    /// Finds the host that serves the data folder.
    static Result<DevSession>
    start(Output& output, const std::filesystem::path& project, const std::filesystem::path& data);

    /// Builds and, if that went well, reloads. What goes wrong is told, and is mended by the next save.
    void build_and_reload();
    /// Tells the lines that the plugin has logged since the last time.
    void tell_log();
    /// The host went away.
    bool is_over() const noexcept { return !m_connection->is_open(); }

private:
    DevSession(
        Output& output,
        std::filesystem::path project,
        std::filesystem::path data,
        std::unique_ptr<control::Connection> connection
    );

    Result<void> build();
    Result<void> check_quickly(const std::filesystem::path& built);
    Result<void> hand_over();
    std::size_t try_declarations();
    void tell(std::string_view what, const std::string& text, boost::json::object more = {});

    Output* m_output;
    std::filesystem::path m_project;
    std::filesystem::path m_data;
    std::unique_ptr<control::Connection> m_connection;
    std::string m_plugin{};
    std::int64_t m_last_line{0};
};

} // namespace mortise::tool
