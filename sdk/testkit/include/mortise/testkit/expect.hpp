#pragma once

/// \file
/// What tests expect most: `EXPECT_TRUE(expect_refused(kit.remove("contact", id), {.key =
/// "leadscore.hot"}))`.

#include <mortise/status.hpp>
#include <mortise/testkit/outcome.hpp>

#include <string>
#include <string_view>

namespace mortise::testkit {

namespace detail {

inline void compare(std::string& why, std::string_view what, const std::string& wanted, const std::string& is)
{
    if (wanted.empty() || wanted == is) return;
    why += "\n  " + std::string{what} + " is \"" + is + "\", expected \"" + wanted + '"';
}

} // namespace detail

/// Whether a hook, a constraint or a command refused, in the way that `wanted` says: what is empty in it may
/// be anything.
template <class T>
Check expect_refused(const Outcome<T>& outcome, const Refusal& wanted = {})
{
    if (outcome)
        return Check::failed(
            "it was not refused" + (wanted.key.empty() ? std::string{} : " with key \"" + wanted.key + '"')
            + "\n  what the contract says: a hook refuses by draft.refuse(field, key, text), a command by "
              "mortise::refuse(key, text, field); a hook sees only changes that plugin.json names under "
              "\"hooks\""
              "\n  written in: docs/reference/interfaces/plugin.md#on_hook"
        );
    std::string why;
    if (outcome.error().code != ErrorCode::refused)
        why += "\n  the answer is " + std::string{name(outcome.error().code)} + ", expected refused";
    detail::compare(why, "the plugin", wanted.plugin, outcome.refusal().plugin);
    detail::compare(why, "the hook", wanted.hook, outcome.refusal().hook);
    detail::compare(why, "the key", wanted.key, outcome.error().key);
    detail::compare(why, "the field", wanted.field, outcome.error().where);
    detail::compare(why, "the reason", wanted.reason, outcome.refusal().reason);
    if (why.empty()) return {};
    return Check::failed("it was refused in another way" + why + "\n" + outcome.story());
}

/// Whether it failed with that code and, if given, that key. A refusal of a hook: see expect_refused.
template <class T>
Check expect_failed(const Outcome<T>& outcome, ErrorCode code, std::string_view key = {})
{
    if (outcome)
        return Check::failed(
            "it went well, expected " + std::string{name(code)}
            + (key.empty() ? std::string{} : " with key \"" + std::string{key} + '"')
            + "\n  what the contract says: a callback fails by mortise::fail(code, key, text), or by what it "
              "throws; nothing that it staged is written then"
              "\n  written in: docs/reference/interfaces/error.md"
        );
    std::string why;
    detail::compare(why, "the code", std::string{name(code)}, std::string{name(outcome.error().code)});
    detail::compare(why, "the key", std::string{key}, outcome.error().key);
    if (why.empty()) return {};
    return Check::failed("it failed in another way" + why + "\n" + outcome.story());
}

} // namespace mortise::testkit
