#pragma once

/// \file
/// `mortise::Settings`: the plugin's settings as the manifest declares them.

#include <mortise/value_block.hpp>

#include <utility>

namespace mortise {

/// A map of settings. In a hook it is read in place and lives for the call; from `Host::settings` it is a
/// copy.
class Settings {
public:
    explicit Settings(ValueView view) noexcept : m_view{view} { }
    explicit Settings(ValueBlock block) noexcept : m_block{std::move(block)}, m_view{m_block.view()} { }

    /// A setting; reads as null if the manifest does not declare it.
    ValueView operator[](Key name) const& noexcept { return m_view[name]; }
    template <RuntimeText Text>
    ValueView operator[](const Text& name) const& noexcept
    {
        return m_view[name];
    }
    ValueView operator[](Key name) const&& = delete; ///< it would look into freed memory
    ValueView all() const& noexcept { return m_view; }

private:
    ValueBlock m_block;
    ValueView m_view; // into m_block, whose memory does not move with it
};

} // namespace mortise
