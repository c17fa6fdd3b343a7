#pragma once

/// \file
/// What the hostile plugin can do. Each act answers what came of it: "done", the name of the error that
/// stopped it, or a word of its own.

#include <string>

namespace hostile {

/// What an act may need to know of its victim.
struct Target {
    std::string path; ///< the host's database
    long process{0}; ///< the host's, or that of another plugin
};

/// "done" or the name of errno's error.
std::string told(long result);

/// Ends, or never ends, the process that it is in. Empty if there is no such act.
std::string crash(const std::string& what);
/// Uses up what there is.
std::string exhaust(const std::string& what);
/// Reaches for what is not its own.
std::string reach(const std::string& what, const Target& target);
/// Writes what is no message to the sockets that lead to the host.
std::string talk_nonsense(const std::string& what);

} // namespace hostile
