#pragma once

/// \file
/// `Succession`: a host in which an earlier version of the plugin has lived and left records, and the step to
/// the version that is checked, and back, as an administrator takes it.

#include "bench.hpp"

#include <mortise/result.hpp>

#include <map>
#include <string>
#include <vector>

namespace mortise::check {

/// Records by type and id, with the fields that are the plugin's own.
using Heritage = std::map<std::string, std::map<std::int64_t, Map>>;

/// Thread-safety: one thread.
class Succession {
public:
    /// The earlier version runs, and has records. Throws Stop: skip if none was given; fail if it is another
    /// plugin, is not older, or does not start.
    explicit Succession(const Target& target);

    const Target& earlier() const noexcept { return m_earlier; }
    const Target& later() const noexcept { return m_later; }
    Bench& bench() noexcept { return m_bench; }
    /// "1.0.0 -> 1.1.0"
    std::string step() const;
    /// What the earlier version left.
    const Heritage& left() const noexcept { return m_left; }
    std::size_t count() const;

    /// Installs the later version over the earlier one and lets it run.
    Result<void> upgrade();
    /// Throws Stop (fail, not tried) if that does not go well.
    void need_upgrade();
    /// Takes the earlier one up again.
    Result<void> go_back();
    /// The same records as they are now; a type that can be listed no more is left out.
    Heritage now();

private:
    Result<void> start(std::string_view version);

    const Target& m_later;
    Target m_earlier;
    Bench m_bench;
    Heritage m_left;
};

/// The plugin that --from names, and what is wrong with it as an earlier version; empty text if nothing is.
Target earlier_of(const Target& target);
std::string not_earlier(const Target& target, const Target& earlier);

} // namespace mortise::check
