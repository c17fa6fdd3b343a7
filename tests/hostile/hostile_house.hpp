#pragma once

/// \file
/// A host with a hostile plugin and a good one, and the words for what comes of an act.

#include "plugins/tests/plugins_fixture.hpp"
#include "rows.hpp"

#include <optional>
#include <string>

namespace mortise::host {

enum class Where : std::uint8_t { boxed, without_box, in_process };

/// Made by a test, or by a process of its own that is a test's host; see `in_a_host_of_its_own`.
class HostileHouse : public PluginsTest {
public:
    explicit HostileHouse(Where where);
    ~HostileHouse() override;
    void TestBody() override { }

    /// What the call answers: the answer itself, or "CODE: MESSAGE".
    std::string act(std::string_view what);
    /// Starts a plugin and ends it again: "started, and ended", or what came instead.
    std::string start_and_end(const std::string& name);
    /// Nothing but the hostile plugin has suffered. Empty, or what is wrong.
    std::string harm();

    BoxTier tier();
    PluginManager& plugins() { return *m_plugins; }
    void put(const std::string& name);
    void switch_on(const std::string& name);
    bool told(std::string_view key, std::string_view words);
    using PluginsTest::eventually;
    using PluginsTest::settle;

private:
    Where m_where;
};

/// Runs something that may take its host with it in a process of its own; what it returned, or
/// "the host: " and how that ended.
std::string in_a_host_of_its_own(const std::function<std::string()>& what);

} // namespace mortise::host
