#include "program/command_line.hpp"

#include <csignal>
#include <cstdio>
#include <exception>

int main(int argc, char** argv)
{
    std::signal(SIGPIPE, SIG_IGN); // what cannot be written is an error, not the end
    try {
        return mortise::tool::run_command_line(argc, argv);
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "mortise-sdk: %s\n  hint: this is a bug; please report it\n", exception.what());
        return 1;
    }
}
