#pragma once

/// \file
/// Owners for what GLib and GMime hand out, and the one call that makes both ready. Include it wherever one
/// of their functions gives something that must be freed.

#include <gmime/gmime.h>
#include <memory>
#include <string>

namespace mortise::plugins::email {

struct FreeGlib {
    void operator()(void* memory) const noexcept { g_free(memory); }
};
struct FreeObject {
    void operator()(void* object) const noexcept { g_object_unref(object); }
};

/// Text that GLib allocated.
using GlibText = std::unique_ptr<char, FreeGlib>;
template <class Object>
using GlibObject = std::unique_ptr<Object, FreeObject>;

/// The text, or an empty one for null.
inline std::string text_of(const char* text)
{
    return text != nullptr ? std::string{text} : std::string{};
}

/// Makes GMime ready. Cheap after the first time; thread-safe. GMime registers types with GLib that point
/// into its own code, so it stays in memory when the plugin is unloaded.
void prepare_gmime();

} // namespace mortise::plugins::email
