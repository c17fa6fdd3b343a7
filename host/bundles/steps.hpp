#pragma once

/// \file
/// Does the steps of a bundle, and takes them back. Each step is noted before it is begun, with what was
/// there, so that it can be taken back wherever it was cut off.

#include "access/principal.hpp"
#include "bundles/journal.hpp"
#include "plugins/plugin_manager.hpp"
#include "records/records.hpp"

#include <mortise/result.hpp>

#include <string>
#include <vector>

namespace mortise::host {

/// Used by one thread at a time.
class BundleSteps {
public:
    BundleSteps(Records& records, PluginManager& plugins, BundleJournal& journal)
        : m_records{records},
          m_plugins{plugins},
          m_journal{journal}
    {
    }

    /// Notes what is there, does the step, and notes that it is done. After an error it is to be taken back.
    Result<void> run(const CallContext& context, JournalStep& step);
    /// Takes back what was begun or done; what was not, or is taken back already, is no error. What stays
    /// although it was to go is told in `left`.
    Result<void> take_back(JournalStep& step, Leftovers leftovers, std::vector<std::string>& left);

private:
    Result<void> remember(JournalStep& step);
    Result<void> install(const JournalStep& step);
    Result<void> run_plugin(const JournalStep& step);
    Result<void> add_field(const JournalStep& step);
    Result<void> make_records(const CallContext& context, JournalStep& step);
    Result<void> plugin_back(const JournalStep& step, Leftovers leftovers, std::vector<std::string>& left);
    Result<void> field_back(const JournalStep& step);
    Result<void> records_back(const JournalStep& step, std::vector<std::string>& left);

    Records& m_records;
    PluginManager& m_plugins;
    BundleJournal& m_journal;
};

} // namespace mortise::host
