#include "power_cut_vfs.hpp"

#include <algorithm>
#include <fstream>

namespace mortise::host::test {

namespace {

/// What a disk writes whole or not at all.
constexpr std::size_t sector = 512;

} // namespace

PowerCut::PowerCut(const FaultyDisk& disk, DiskModel model, unsigned seed)
    : m_disk{disk},
      m_model{model},
      m_random{seed},
      m_files(disk.files().size())
{
}

void PowerCut::advance_to(std::size_t event)
{
    for (; m_at < event; ++m_at)
        happen(m_disk.events()[m_at]);
}

void PowerCut::happen(const DiskEvent& event)
{
    if (event.kind == DiskEvent::Kind::mark) {
        m_marks.push_back(event.offset);
        return;
    }
    File& file = m_files[event.file];
    switch (event.kind) {
    case DiskEvent::Kind::write:
    case DiskEvent::Kind::truncate:
        file.pending.push_back(&event);
        break;
    case DiskEvent::Kind::sync:
        if (m_model == DiskModel::ignores_sync) break;
        for (const DiskEvent* each : file.pending)
            apply(file.durable, *each);
        file.pending.clear();
        file.exists = true;
        break;
    case DiskEvent::Kind::failed_sync:
        file.doubtful.insert(file.doubtful.end(), file.pending.begin(), file.pending.end());
        file.pending.clear();
        break;
    case DiskEvent::Kind::remove:
        file = {};
        break;
    case DiskEvent::Kind::mark:
        break;
    }
}

void PowerCut::apply(std::vector<char>& content, const DiskEvent& event)
{
    const auto offset = static_cast<std::size_t>(event.offset);
    if (event.kind == DiskEvent::Kind::truncate) {
        content.resize(offset);
        return;
    }
    content.resize(std::max(content.size(), offset + event.data.size()));
    std::ranges::copy(event.data, content.begin() + static_cast<std::ptrdiff_t>(offset));
}

/// Each sector of the write arrived or did not.
void PowerCut::apply_torn(std::vector<char>& content, const DiskEvent& event)
{
    if (event.kind == DiskEvent::Kind::truncate) {
        if (pick(2) == 0) apply(content, event);
        return;
    }
    const auto offset = static_cast<std::size_t>(event.offset);
    for (std::size_t at = 0; at < event.data.size(); at += sector) {
        if (pick(2) == 0) continue;
        const std::size_t length = std::min(sector, event.data.size() - at);
        content.resize(std::max(content.size(), offset + at + length));
        std::copy_n(
            event.data.begin() + static_cast<std::ptrdiff_t>(at),
            length,
            content.begin() + static_cast<std::ptrdiff_t>(offset + at)
        );
    }
}

void PowerCut::apply_some(std::vector<char>& content, const std::vector<const DiskEvent*>& events)
{
    if (events.empty()) return;
    enum Fate : std::size_t { none, all, first_ones, any, fates };
    switch (pick(fates)) {
    case none:
        return;
    case all:
        for (const DiskEvent* event : events)
            apply(content, *event);
        return;
    case first_ones: {
        const std::size_t count = pick(events.size());
        for (std::size_t i = 0; i < count; ++i)
            apply(content, *events[i]);
        apply_torn(content, *events[count]);
        return;
    }
    default:
        for (const DiskEvent* event : events)
            switch (pick(3)) {
            case 0:
                break;
            case 1:
                apply(content, *event);
                break;
            default:
                apply_torn(content, *event);
            }
    }
}

void PowerCut::write_image(const std::filesystem::path& folder)
{
    for (std::size_t i = 0; i < m_files.size(); ++i) {
        const File& file = m_files[i];
        if (!file.exists && (file.pending.empty() || pick(2) == 0)) continue;
        std::vector<char> content = file.durable;
        apply_some(content, file.doubtful);
        apply_some(content, file.pending);
        std::ofstream out{folder / m_disk.files()[i], std::ios::binary};
        out.write(content.data(), static_cast<std::streamsize>(content.size()));
    }
}

} // namespace mortise::host::test
