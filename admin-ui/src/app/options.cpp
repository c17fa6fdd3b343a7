#include "app/options.hpp"

#include "base/json_read.hpp"

#include <mortise/control/client.hpp>
#include <mortise/control/embedded.hpp>

#include <charconv>
#include <cstdlib>
#include <memory>
#include <unistd.h>
#include <utility>

namespace mortise::ui {
namespace {

Error misuse(std::string message, std::string hint = "mortise-console --help tells the options")
{
    return {ErrorCode::invalid, std::move(message), "console.usage", {}, std::move(hint)};
}

template <class T>
bool read_number(std::string_view text, T& number)
{
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    return failed == std::errc{} && end == text.data() + text.size();
}

Result<void> take(Options& options, std::string_view name, const std::string& value)
{
    if (name == "--data") {
        options.data = value;
    } else if (name == "--connect") {
        options.socket = value;
    } else if (name == "--screen") {
        options.screen = value;
    } else if (name == "--screenshot") {
        options.screenshot = value;
    } else if (name == "--seen") {
        options.seen = value;
    } else if (name == "--theme") {
        const auto theme = parse_theme_name(value);
        if (!theme) return misuse("there is no theme " + value, "light, dark or contrast");
        options.theme = *theme;
    } else if (name == "--scale") {
        if (!read_number(value, options.scale) || options.scale < 0.8F || options.scale > 2.0F)
            return misuse("the scale " + value + " is not one from 0.8 to 2");
    } else if (name == "--size") {
        const std::size_t x = value.find('x');
        if (x == std::string::npos || !read_number(std::string_view{value}.substr(0, x), options.width)
            || !read_number(std::string_view{value}.substr(x + 1), options.height) || options.width < 320
            || options.height < 240 || options.width > 8192 || options.height > 8192)
            return misuse("the size " + value + " is not one like 1440x900");
    } else {
        return misuse("there is no option " + std::string{name});
    }
    return {};
}

/// Where the program mortise keeps its data when nobody says where.
std::filesystem::path usual_folder()
{
    const auto environment = [](const char* name) {
        const char* const value = std::getenv(name);
        return std::filesystem::path{value ? value : ""};
    };
    if (const auto path = environment("MORTISE_DATA"); !path.empty()) return path;
    if (const auto path = environment("XDG_DATA_HOME"); path.is_absolute()) return path / "mortise";
    if (const auto path = environment("HOME"); !path.empty()) return path / ".local/share/mortise";
    return "mortise-data";
}

/// Reaches the host of a folder. One that was running is waited for when it is gone: the console never takes
/// the folder from it.
class FolderConnector {
public:
    explicit FolderConnector(std::filesystem::path folder) : m_folder{std::move(folder)} { }

    Result<std::unique_ptr<control::Connection>> operator()()
    {
        if (!m_socket.empty()) return control::connect(m_socket);
        MORTISE_TRY(auto connection, control::open_or_connect(m_folder));
        const auto status = connection->call("status");
        if (!status) return connection;
        const auto& host = at(*status, "host");
        if (integer_at(host, "pid") != ::getpid()) m_socket = text_at(host, "socket");
        return connection;
    }

private:
    std::filesystem::path m_folder;
    std::filesystem::path m_socket;
};

} // namespace

std::string_view usage()
{
    return "mortise-console: the admin console of Mortise\n\n"
           "  --data DIR          the data folder; connects to the host that serves it, or opens it itself\n"
           "                      (without it MORTISE_DATA, then the user's folder for data)\n"
           "  --connect SOCKET    a running host, by its socket\n"
           "  --screen NAME       where to begin: home, list/contact, record/contact/12, plugins, view/NAME, "
           "...\n"
           "  --screenshot FILE   draws the screen once into a PNG, without a display, and exits\n"
           "  --seen FILE         writes what each frame of the window shows, texts and controls with their "
           "places, as a line of JSON\n"
           "  --theme NAME        light, dark or contrast\n"
           "  --scale N           0.8 to 2\n"
           "  --size WxH          of the window or the picture; 1440x900 if not given\n"
           "  --help              this\n";
}

Result<Options> read_options(std::span<const char* const> arguments)
{
    Options options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string name = arguments[i];
        if (name == "--help" || name == "-h") {
            options.help = true;
            continue;
        }
        std::string value;
        if (const std::size_t equal = name.find('='); equal != std::string::npos) {
            value = name.substr(equal + 1);
            name.resize(equal);
        } else if (i + 1 < arguments.size()) {
            value = arguments[++i];
        } else {
            return misuse("what follows " + name + " is missing");
        }
        MORTISE_CHECK(take(options, name, value));
    }
    if (options.data.empty() && options.socket.empty()) {
        options.data = usual_folder();
    }
    return options;
}

Connect connector(const Options& options)
{
    if (!options.socket.empty()) return [socket = options.socket] { return control::connect(socket); };
    return FolderConnector{options.data};
}

} // namespace mortise::ui
