#include "app/options.hpp"
#include "app/screenshot.hpp"
#include "app/window.hpp"

#include <cstdio>

namespace {

void print(std::FILE* to, std::string_view text)
{
    std::fwrite(text.data(), 1, text.size(), to);
}

int fail(const mortise::Error& error)
{
    std::string text = "mortise-console: " + error.message + '\n';
    if (!error.hint.empty()) text += "  " + error.hint + '\n';
    print(stderr, text);
    return error.key == "console.usage" ? 2 : 1;
}

} // namespace

int main(int count, char** arguments)
{
    using namespace mortise::ui;
    const std::span<const char* const> given{
        arguments + 1, static_cast<std::size_t>(count > 0 ? count - 1 : 0)
    };
    const auto options = read_options(given);
    if (!options) return fail(options.error());
    if (options->help) {
        print(stdout, usage());
        return 0;
    }
    const auto done = options->screenshot.empty() ? run_window(*options) : take_screenshot(*options);
    return done ? 0 : fail(done.error());
}
