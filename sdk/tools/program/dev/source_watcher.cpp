#include "program/dev/source_watcher.hpp"

#include "program/output.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <string>
#include <sys/inotify.h>
#include <unistd.h>
#include <utility>

namespace mortise::tool {
namespace {

namespace fs = std::filesystem;

constexpr int quiet_ms = 100;

bool has_news(int descriptor, int milliseconds)
{
    pollfd look{descriptor, POLLIN, 0};
    return ::poll(&look, 1, milliseconds) > 0;
}

} // namespace

bool is_beside_the_point(std::string_view name) noexcept
{
    return name.starts_with('.') || name.starts_with('#') || name.ends_with('~') || name == "build"
        || name == "4913" || name.ends_with(".mortise");
}

Result<SourceWatcher> SourceWatcher::watch(const fs::path& folder)
{
    const int descriptor = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (descriptor < 0)
        return tool_error(
            ErrorCode::limit,
            "inotify",
            std::string{"cannot watch files: "} + std::strerror(errno),
            folder.string(),
            "fs.inotify.max_user_instances may be too low"
        );
    SourceWatcher watcher{descriptor};
    watcher.add(folder);
    if (watcher.m_folders.empty())
        return tool_error(ErrorCode::io, "inotify", "cannot watch " + folder.string(), folder.string());
    return watcher;
}

SourceWatcher::SourceWatcher(SourceWatcher&& other) noexcept
    : m_descriptor{std::exchange(other.m_descriptor, -1)},
      m_folders{std::move(other.m_folders)}
{
}

SourceWatcher::~SourceWatcher()
{
    if (m_descriptor >= 0) ::close(m_descriptor);
}

void SourceWatcher::add(const fs::path& folder)
{
    const int number = ::inotify_add_watch(
        m_descriptor, folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ONLYDIR
    );
    if (number >= 0) m_folders[number] = folder;
    std::error_code trouble;
    for (fs::directory_iterator at{folder, trouble}, end; !trouble && at != end; at.increment(trouble)) {
        std::error_code ignored;
        if (at->is_directory(ignored) && !at->is_symlink(ignored)
            && !is_beside_the_point(at->path().filename().native()))
            add(at->path());
    }
}

/// Takes what is there; whether any of it is about source.
bool SourceWatcher::take()
{
    alignas(inotify_event) std::array<char, 16384> buffer{};
    bool is_saved = false;
    for (;;) {
        const ssize_t size = ::read(m_descriptor, buffer.data(), buffer.size());
        if (size <= 0) return is_saved;
        for (const char* at = buffer.data(); at < buffer.data() + size;) {
            const auto* event = reinterpret_cast<const inotify_event*>(at);
            at += sizeof(inotify_event) + event->len;
            const std::string_view name = event->len > 0 ? std::string_view{event->name} : std::string_view{};
            if ((event->mask & IN_Q_OVERFLOW) != 0) is_saved = true;
            if (name.empty() || is_beside_the_point(name)) continue;
            const auto folder = m_folders.find(event->wd);
            const bool is_folder = (event->mask & IN_ISDIR) != 0;
            if (is_folder && (event->mask & (IN_CREATE | IN_MOVED_TO)) != 0 && folder != m_folders.end())
                add(fs::path{folder->second} / name); // its files may be there already
            if (is_folder || (event->mask & IN_CREATE) == 0)
                is_saved = true; // a new file tells when it is closed
        }
    }
}

bool SourceWatcher::wait(int milliseconds)
{
    if (!has_news(m_descriptor, milliseconds) || !take()) return false;
    while (has_news(m_descriptor, quiet_ms))
        take();
    return true;
}

} // namespace mortise::tool
