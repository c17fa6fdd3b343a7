#include "app/screenshot.hpp"

#include "app/offscreen.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace mortise::ui {

using namespace std::chrono_literals;

Result<void> take_screenshot(const Options& options)
{
    std::mutex mutex;
    std::condition_variable came;
    bool is_news = false;
    Offscreen screen{static_cast<float>(options.width), static_cast<float>(options.height)};
    const Clock clock;
    Link link{connector(options), [&] {
                  const std::scoped_lock lock{mutex};
                  is_news = true;
                  came.notify_all();
              }};
    Shell shell{link, clock, {options.theme, options.scale}};
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    bool is_placed = false;
    for (int quiet = 0; quiet < 6 && std::chrono::steady_clock::now() < give_up;) {
        {
            std::unique_lock lock{mutex};
            came.wait_for(lock, 10ms, [&] { return is_news; });
            is_news = false;
        }
        link.pump();
        if (link.state() == LinkState::lost) return link.trouble();
        const bool is_ready = shell.store().types_list.value() && shell.store().views.value();
        if (is_ready && !std::exchange(is_placed, true) && !options.screen.empty())
            shell.open(options.screen);
        screen.frame(shell);
        quiet = is_placed && link.under_way() == 0 ? quiet + 1 : 0;
    }
    shell.close_others();
    screen.frame(shell);
    screen.frame(shell);
    if (write_png(screen.picture(shell), options.screenshot)) return {};
    return Error{
        ErrorCode::io,
        "cannot write " + options.screenshot.native(),
        "console.screenshot",
        {},
        "is the folder there?"
    };
}

} // namespace mortise::ui
