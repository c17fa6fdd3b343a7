#pragma once

/// \file
/// A package of a plugin: what it is and asks for, beside what is installed; then installed, or taken up.

#include "model/file_upload.hpp"
#include "shell/console.hpp"

namespace mortise::ui {

/// Thread-safety: the UI thread.
class PackageScreen final : public Screen {
public:
    explicit PackageScreen(Console& console) : m_file{console.link} { }
    std::string title() const override { return "Install a plugin"; }
    Icon icon() const override { return Icon::upload; }
    void draw(Console& console) override;

private:
    void look(Console& console);
    void draw_package(Console& console);
    void
    draw_permissions(Console& console, std::string_view title, const boost::json::array& list, Tone tone);
    void draw_install(Console& console);
    void install(Console& console, bool enable);
    void upgrade(Console& console);
    void installed(Console& console, const std::string& said);
    void fail(const Error& error);

    FileUpload m_file;
    std::string m_path;
    std::string m_upload; ///< what was looked at, and can be installed
    boost::json::value m_found;
    std::optional<Error> m_error;
    bool m_begins{true};
    bool m_trusts{false}; ///< an unsigned one
    bool m_grants{false};
    Ticket m_call;
};

} // namespace mortise::ui
