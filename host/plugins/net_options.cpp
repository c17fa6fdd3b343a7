#include "plugins/net_options.hpp"

namespace mortise::host {

namespace {

Error unfit(std::string_view name, std::string_view what)
{
    const std::string setting = std::string{net_option_prefix} + std::string{name};
    return {
        .code = ErrorCode::invalid,
        .message = setting + ' ' + std::string{what},
        .key = "net.option",
        .where = setting,
        .hint = "net.authorities is the path of a file of certificates in PEM, net.private is true or false",
    };
}

} // namespace

std::string NetOptions::authorities() const
{
    const std::scoped_lock lock{m_mutex};
    return m_authorities;
}

bool NetOptions::is_private_allowed() const
{
    const std::scoped_lock lock{m_mutex};
    return m_private;
}

Result<void> NetOptions::set(std::string_view name, const Value& value)
{
    const std::scoped_lock lock{m_mutex};
    if (name == "authorities") {
        const auto* path = value.as<std::string>();
        if (!value.is_null() && (!path || !path->starts_with('/'))) return unfit(name, "is no absolute path");
        m_authorities = path ? *path : std::string{};
        return {};
    }
    if (name == "private") {
        const auto* yes = value.as<bool>();
        if (!value.is_null() && !yes) return unfit(name, "is true or false");
        m_private = yes != nullptr && *yes;
        return {};
    }
    return unfit(name, "is no setting of the host");
}

Map NetOptions::all() const
{
    const std::scoped_lock lock{m_mutex};
    return Map{
        {"authorities", m_authorities.empty() ? Value{} : Value{m_authorities}},
        {"private", m_private},
    };
}

} // namespace mortise::host
