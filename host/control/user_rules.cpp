#include "control/user_rules.hpp"

#include "control/nearest.hpp"
#include "control/os_user.hpp"

#include <algorithm>

namespace mortise::host {
namespace {

constexpr std::size_t longest_name = 64;

bool is_name_letter(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || std::string_view{"._-@+"}.find(c) != std::string_view::npos;
}

std::string hint_of(std::string_view name, const std::vector<std::string>& names, std::string_view otherwise)
{
    const std::string near = nearest(name, names);
    return near.empty() ? std::string{otherwise} : "did you mean " + near + "?";
}

} // namespace

Result<void> check_user_name(std::string_view name)
{
    if (!name.empty() && name.size() <= longest_name && std::ranges::all_of(name, is_name_letter)) return {};
    return Error{
        ErrorCode::invalid,
        "\"" + std::string{name.substr(0, longest_name)} + "\" cannot be a user's name",
        "users.name",
        "/name",
        "use letters, digits and . _ - @ +, at most 64"
    };
}

Result<void> check_account(std::string_view os_user)
{
    if (os_user.empty() || is_os_user(std::string{os_user})) return {};
    return Error{
        ErrorCode::invalid,
        "this machine has no account \"" + std::string{os_user.substr(0, longest_name)} + '"',
        "users.account",
        "/os_user",
        "give the login name of an account of the machine that the host runs on, or #NUMBER"
    };
}

bool has_administrator(const std::vector<std::string>& roles) noexcept
{
    return std::ranges::find(roles, administrator_role) != roles.end();
}

bool can_lead(const User& user) noexcept
{
    return user.is_administrator() && user.enabled && !user.os_user.empty();
}

std::string administrators_of(std::span<const User> users)
{
    std::string names;
    for (const User& user : users)
        if (user.is_administrator() && user.enabled) names += (names.empty() ? "" : ", ") + user.name;
    return names.empty() ? "nobody" : names;
}

Result<void> check_somebody_leads(std::span<const User> before, std::span<const User> after)
{
    if (!std::ranges::any_of(before, can_lead) || std::ranges::any_of(after, can_lead)) return {};
    return Error{
        ErrorCode::refused,
        "nobody would be left who is an administrator and can come in",
        "users.last_administrator",
        {},
        "make another one first: mortise users change NAME --role administrator --os-user ACCOUNT"
    };
}

Error unknown_user(std::string_view name, std::span<const User> users)
{
    std::vector<std::string> names;
    for (const User& user : users)
        names.push_back(user.name);
    const std::string shown{name.substr(0, longest_name)};
    return {
        ErrorCode::not_found,
        "there is no user " + shown,
        "users.not_found",
        shown,
        hint_of(name, names, "mortise users lists them")
    };
}

Error unknown_role(std::string_view name, const std::vector<std::string>& known)
{
    const std::string shown{name.substr(0, longest_name)};
    return {
        ErrorCode::not_found,
        "there is no role " + shown,
        "roles.not_found",
        shown,
        hint_of(name, known, "mortise roles lists them")
    };
}

Error taken(std::string_view what, std::string_view by)
{
    return {
        ErrorCode::exists, std::string{what} + " is taken by user " + std::string{by}, "users.exists", {}, {}
    };
}

} // namespace mortise::host
