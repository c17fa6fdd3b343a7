#pragma once

/// \file
/// The command line of `mortise-console`.

#include "model/link.hpp"
#include "theme/theme.hpp"

#include <filesystem>
#include <optional>
#include <span>

namespace mortise::ui {

struct Options {
    std::filesystem::path data{};
    std::filesystem::path socket{};
    std::string screen{};
    std::filesystem::path screenshot{};
    std::filesystem::path seen{}; ///< takes what each frame shows, as a line of JSON
    ThemeName theme{ThemeName::light};
    float scale{1};
    int width{1440};
    int height{900};
    bool help{false};
};

std::string_view usage();
Result<Options> read_options(std::span<const char* const> arguments);
/// How the options say to reach the host.
Connect connector(const Options& options);

} // namespace mortise::ui
