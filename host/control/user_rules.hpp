#pragma once

/// \file
/// What users and roles have to keep to, and how it is told.

#include "control/users.hpp"

#include <mortise/result.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

Result<void> check_user_name(std::string_view name);
/// `invalid` if the machine knows no such account; "#1000" is one by its number. Empty is none, and fits.
Result<void> check_account(std::string_view os_user);

bool has_administrator(const std::vector<std::string>& roles) noexcept;
/// An administrator that can come in.
bool can_lead(const User& user) noexcept;
/// Their names, for people: "ada, ben"; "nobody" if there is none.
std::string administrators_of(std::span<const User> users);
/// `refused` if somebody could lead before and nobody can after.
Result<void> check_somebody_leads(std::span<const User> before, std::span<const User> after);

Error unknown_user(std::string_view name, std::span<const User> users);
Error unknown_role(std::string_view name, const std::vector<std::string>& known);
Error taken(std::string_view what, std::string_view by);

} // namespace mortise::host
