#pragma once

/// \file
/// Makes the plan of a bundle: nothing is written, and no code of a plugin runs.

#include "bundles/bundle.hpp"
#include "bundles/package_source.hpp"
#include "bundles/plan.hpp"
#include "records/records.hpp"

#include <mortise/result.hpp>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace mortise::host {

/// Used once, by one thread.
class BundlePlanner {
public:
    BundlePlanner(Records& records, PluginManager& plugins, const Bundle& bundle, const PlanOptions& options)
        : m_records{records},
          m_plugins{plugins},
          m_bundle{bundle},
          m_options{options}
    {
    }

    /// Errors are those of the disk and the database; what does not fit is among the plan's conflicts.
    Result<BundlePlan> plan();

private:
    /// A plugin as it will be.
    struct Chosen {
        std::string id;
        Version version;
        std::shared_ptr<const Manifest> manifest;
        PluginFiles files;
        bool is_on_disk{true};
        std::vector<PluginWish> wishes{};
    };
    /// What is known of a record type once all plugins run.
    struct TypeFacts {
        std::string owner;
        std::string title_field;
        std::map<std::string, Field> fields{}; ///< by name, archived ones left out
    };

    // planner.cpp
    Result<void> choose();
    Result<Chosen> chosen_of(const Choice& choice);
    void keep_to_lock(std::map<std::string, std::vector<PluginOffer>>& offers);
    void check_lock(const Chosen& chosen);
    Result<void> plan_plugin(const Chosen& chosen);
    void ask(const Chosen& chosen, const std::vector<std::string>& granted);
    Result<Map> planned_settings(const Chosen& chosen);

    // planner_records.cpp
    void gather_types();
    void add_type(const Manifest& manifest, const TypeDeclaration& type);
    void check_names();
    Result<void> plan_fields();
    Result<void> plan_records(const std::vector<BundleRecord>& list);
    bool check_record(const BundleRecord& record, const TypeFacts& type);
    Result<bool> is_there(const BundleRecord& record);
    void add_record(const BundleRecord& record, const TypeFacts& type);
    void finish_records();

    void conflict(std::string key, std::string message, std::string where, std::string hint = {});

    Records& m_records;
    PluginManager& m_plugins;
    const Bundle& m_bundle;
    const PlanOptions& m_options;
    PackageSource m_source;
    std::vector<Chosen> m_chosen;
    std::map<std::string, TypeFacts> m_types;
    BundlePlan m_plan;
    // the step of records that is being gathered
    std::string m_gathering;
    boost::json::array m_gathered;
    std::vector<std::string> m_titles;
};

} // namespace mortise::host
