#pragma once

/// \file
/// `PluginHooks`: asks the hooks of plugins before records are written, in order of their priority, and
/// applies what they say.

#include "plugins/manifest.hpp"
#include "plugins/plugin_slot.hpp"
#include "plugins/row_blocks.hpp"
#include "plugins/services.hpp"
#include "records/hooks.hpp"

#include <mortise/result.hpp>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mortise::host {

class Frame;
class Instance;

/// Thread-safety: every member may be called from any thread at any time.
class PluginHooks final : public HookRunner {
public:
    struct Hook {
        std::shared_ptr<PluginSlot> plugin;
        HookDeclaration declared;
        std::int64_t type_id{0};
        std::string label{}; ///< for people: "hook NAME"; set by `set`
    };
    /// Gives the running instance, starting it if need be.
    using Activate = std::function<Result<std::shared_ptr<Instance>>(const std::string& plugin)>;

    /// The name of the state that the plugin is in.
    using StateOf = std::function<std::string_view(const std::string& plugin)>;
    /// Error of `Activate`: the plugin is being started or taken down, so the change is to be tried again.
    static constexpr std::string_view changing_key = "hooks.changing";

    PluginHooks(PluginServices& services, RowShapes& shapes, Activate activate, StateOf state_of);

    /// Replaces all hooks.
    void set(std::vector<Hook> hooks);

    bool wants(const RecordType& type, Operation operation) const noexcept override;
    Result<void> run(const CallContext& context, std::span<Draft* const> drafts) override;

private:
    struct Table {
        std::vector<Hook> hooks; // in the order in which they run
        std::unordered_map<std::int64_t, std::array<bool, 4>> wanted; // by type, then operation
    };
    class Round;

    PluginServices& m_services;
    RowShapes& m_shapes;
    Activate m_activate;
    StateOf m_state_of;
    std::atomic<std::shared_ptr<const Table>> m_table;
};

} // namespace mortise::host
