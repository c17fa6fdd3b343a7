#include "app/progress_bar.hpp"

#include <algorithm>
#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace mortise::host {
namespace {

constexpr std::size_t usual_width = 80;

std::size_t error_width()
{
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual_width;
}

std::string clock_text(double seconds)
{
    const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
    const std::string rest = std::to_string(whole % 60);
    return std::to_string(whole / 60) + ':' + (rest.size() < 2 ? "0" : "") + rest;
}

} // namespace

ProgressBar::ProgressBar(bool wanted) : m_wanted{wanted && ::isatty(STDERR_FILENO) != 0} { }

std::string ProgressBar::text(
    std::uint64_t rows, std::uint64_t bytes, std::uint64_t size, double seconds, std::size_t width
)
{
    const double rate = seconds > 0 ? static_cast<double>(rows) / seconds : 0;
    std::string words
        = std::to_string(rows) + " rows, " + std::to_string(static_cast<std::uint64_t>(rate)) + " a second";
    if (size == 0 || bytes == 0) return words.substr(0, width);
    const double part = std::min(1.0, static_cast<double>(bytes) / static_cast<double>(size));
    words += ", " + clock_text(seconds / part - seconds) + " left";
    const std::string percent = std::to_string(static_cast<int>(part * 100)) + " %  ";
    const std::size_t used = words.size() + percent.size() + 4;
    if (width < used + 10) return (percent + words).substr(0, width);
    const std::size_t cells = std::min<std::size_t>(30, width - used);
    const auto full = static_cast<std::size_t>(part * static_cast<double>(cells));
    return '[' + std::string(full, '#') + std::string(cells - full, '.') + "] " + percent + words;
}

bool ProgressBar::is_time()
{
    constexpr std::chrono::milliseconds least_pause{100};
    const auto now = std::chrono::steady_clock::now();
    if (!m_wanted || now - m_drawn < least_pause) return false;
    m_drawn = now;
    return true;
}

void ProgressBar::draw(const std::string& line)
{
    m_shown = true;
    const std::string text = "\r\x1b[K" + line.substr(0, error_width() - 1);
    std::fwrite(text.data(), 1, text.size(), stderr);
}

void ProgressBar::show(std::uint64_t rows, std::uint64_t bytes, std::uint64_t size)
{
    if (!is_time()) return;
    const double seconds = std::chrono::duration<double>(m_drawn - m_began).count();
    draw(text(rows, bytes, size, seconds, error_width() - 1));
}

void ProgressBar::show_step(const std::string& step, std::uint64_t done, std::uint64_t all)
{
    if (!is_time()) return;
    draw(all == 0 ? step : step + "  " + std::to_string(done * 100 / all) + " %");
}

void ProgressBar::clear()
{
    if (m_shown) std::fputs("\r\x1b[K", stderr);
    m_shown = false;
}

} // namespace mortise::host
