#include "app/secret_input.hpp"

#include <iostream>
#include <iterator>
#include <termios.h>
#include <unistd.h>

namespace mortise::host {

std::string read_secret(const std::string& name)
{
    termios before{};
    const bool is_terminal = ::isatty(STDIN_FILENO) != 0 && ::tcgetattr(STDIN_FILENO, &before) == 0;
    std::string secret;
    if (is_terminal) {
        std::cerr << name << ": " << std::flush;
        termios silent = before;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
        std::getline(std::cin, secret);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        std::cerr << '\n';
        return secret;
    }
    secret.assign(std::istreambuf_iterator<char>{std::cin}, {});
    if (secret.ends_with('\n')) secret.pop_back();
    if (secret.ends_with('\r')) secret.pop_back();
    return secret;
}

} // namespace mortise::host
