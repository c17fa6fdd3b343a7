#pragma once

/// \file
/// What an admin says about the connections of one plugin: settings whose names begin with "net.".

#include <mortise/result.hpp>
#include <mortise/value.hpp>

#include <mutex>
#include <string>
#include <string_view>

namespace mortise::host {

inline constexpr std::string_view net_option_prefix = "net.";

/// Thread-safety: any thread.
class NetOptions {
public:
    /// A file of certificates in PEM that count as authorities beside the system's; empty: none.
    std::string authorities() const;
    /// Whether a permission with * covers addresses inside the house too.
    bool is_private_allowed() const;

    /// By its name, without the prefix; null is the default. Errors: `net.option`.
    Result<void> set(std::string_view name, const Value& value);
    Map all() const;

private:
    mutable std::mutex m_mutex; // guards what follows
    std::string m_authorities;
    bool m_private{false};
};

} // namespace mortise::host
