#pragma once

/// \file
/// `FileUpload`: sends a file of this machine to the host, part by part.

#include "model/link.hpp"

#include <filesystem>
#include <fstream>

namespace mortise::ui {

/// Thread-safety: the UI thread.
class FileUpload {
public:
    using Done = std::function<void(Result<std::string> upload)>;

    explicit FileUpload(Link& link) : m_link{link} { }

    /// Begins anew; `done` gets the handle for the call that reads it.
    void start(const std::filesystem::path& file, Done done);
    bool is_running() const noexcept { return m_call.is_under_way(); }
    std::int64_t sent() const noexcept { return m_sent; }

private:
    void send_part();

    Link& m_link;
    std::ifstream m_stream;
    std::string m_upload;
    std::int64_t m_sent{0};
    Done m_done;
    Ticket m_call;
};

} // namespace mortise::ui
