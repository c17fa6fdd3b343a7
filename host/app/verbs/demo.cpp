#include "app/demo/sample_data.hpp"
#include "app/verbs/verbs.hpp"
#include "base/clock.hpp"
#include "control/host.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace mortise::host {
namespace {

/// The field `column` names another record, by its field `by`.
boost::json::object reference(std::string_view column, std::string_view type, std::string_view by)
{
    return {{"field", column}, {"ref", {{"type", type}, {"by", by}}}};
}

/// The field of the same name takes the column as it is.
void add_plain(boost::json::object& columns, std::initializer_list<std::string_view> names)
{
    for (const std::string_view name : names)
        columns[name] = name;
}

Result<void> import_text(
    Program& program,
    std::string_view name,
    std::string_view type,
    const std::string& lines,
    boost::json::object columns
)
{
    MORTISE_TRY(
        const boost::json::value opened, program.call("upload.open", {{"name", std::string{name} + ".jsonl"}})
    );
    const boost::json::value upload = opened.at("upload");
    MORTISE_CHECK(program.call("upload.write", {{"upload", upload}, {"offset", 0}, {"text", lines}}));
    boost::json::object params{{"upload", upload}, {"type", type}};
    if (!columns.empty())
        params["mapping"] = {{"type", type}, {"columns", std::move(columns)}, {"on_missing_ref", "refuse"}};
    std::string complaint;
    MORTISE_TRY(
        const boost::json::value result,
        program.call("import.run", std::move(params), {[&complaint](const boost::json::value& chunk) {
                         if (complaint.empty())
                             complaint = cell_text(at_path(chunk.as_object(), "complaint.message"));
                     }})
    );
    if (at_path(result.as_object(), "refused") != 0)
        return Error{
            ErrorCode::internal,
            "the sample " + std::string{name} + " were refused: " + complaint,
            "demo.refused",
            {},
            "this is a bug; please report it"
        };
    return {};
}

/// Every plugin that comes with Mortise, with its reports, and segments to look at.
Result<void> apply_starter(Program& program)
{
    MORTISE_CHECK(program.call("bundles.apply", {{"name", "starter"}, {"sample_data", true}}));
    // The plugin does so by itself, a moment after it was started: the deals want its stages now.
    MORTISE_CHECK(program.call("commands.call", {{"name", "pipelines.set_up"}}));
    return {};
}

Result<void> fill_pipelines(Program& program, const SampleData& sample)
{
    MORTISE_CHECK(import_text(program, "products", "product", sample.products(), {}));
    MORTISE_CHECK(import_text(program, "agents", "sales_agent", sample.agents(), {}));
    boost::json::object columns{
        {"organisation", reference("organisation", "contact", "name")},
        {"contact", reference("contact", "contact", "email")},
        {"product", reference("product", "product", "name")},
        {"agent", reference("agent", "sales_agent", "name")},
        {"stage", reference("stage", "stage", "key")},
    };
    add_plain(columns, {"external_id", "engage_date", "close_date", "amount"});
    return import_text(program, "opportunities", "opportunity", sample.opportunities(), std::move(columns));
}

Result<bool> are_segments_building(Program& program)
{
    MORTISE_TRY(const auto page, program.call("records.list", {{"type", "segment"}, {"limit", 100}}));
    return std::ranges::any_of(at_path(page.as_object(), "records").as_array(), [](const auto& segment) {
        return at_path(segment.as_object(), "state") == "building";
    });
}

/// Lets plugins see all of it before the program ends: what they make of the sample belongs to it.
Result<void> wait_for_plugins(Program& program)
{
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (std::chrono::steady_clock::now() < end) {
        MORTISE_TRY(const boost::json::value answer, program.call("subscriptions.list"));
        const auto& subscriptions = at_path(answer.as_object(), "subscriptions").as_array();
        const bool is_done = std::ranges::all_of(subscriptions, [](const boost::json::value& subscription) {
            return at_path(subscription.as_object(), "lag") == 0;
        });
        MORTISE_TRY(const bool is_building, are_segments_building(program));
        if (is_done && !is_building) return {};
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    return {};
}

/// Sample customers belong into a fresh folder, not among real ones.
Result<void> check_fresh(Program& program)
{
    MORTISE_TRY(
        const boost::json::value page, program.call("records.list", {{"type", "contact"}, {"limit", 1}})
    );
    if (at_path(page.as_object(), "records").as_array().empty()) return {};
    return Error{
        ErrorCode::refused,
        "there are contacts in " + program.options().data.native() + " already",
        "demo.not_fresh",
        {},
        "name a new folder with --data"
    };
}

} // namespace

Result<Exit> make_demo(Program& program)
{
    if (!DataFolder::find(program.options().data)) MORTISE_CHECK(Host::init(program.options().data));
    MORTISE_CHECK(check_fresh(program));
    MORTISE_CHECK(apply_starter(program));
    constexpr std::int64_t microseconds_a_day = 86'400'000'000;
    const SampleData sample{{system_clock_source().now().microseconds / microseconds_a_day}};
    MORTISE_CHECK(import_text(program, "organisations", "contact", sample.organisations(), {}));
    boost::json::object columns{{"organisation", reference("organisation", "contact", "name")}};
    add_plain(
        columns,
        {"kind", "given_name", "family_name", "email", "job_title", "lifecycle", "country", "locale", "source"
        }
    );
    MORTISE_CHECK(import_text(program, "people", "contact", sample.people(), std::move(columns)));
    MORTISE_CHECK(fill_pipelines(program, sample));
    MORTISE_CHECK(wait_for_plugins(program));
    const boost::json::value made(boost::json::object{
        {"folder", program.options().data.native()},
        {"organisations", sample.organisation_count()},
        {"people", sample.person_count()},
        {"opportunities", sample.opportunity_count()}
    });
    program.output().print(made, [&] {
        program.output().line(
            "made " + cell_text(made.at("organisations")) + " organisations, " + cell_text(made.at("people"))
            + " people and " + cell_text(made.at("opportunities")) + " opportunities in "
            + program.options().data.native()
        );
    });
    return Exit::done;
}

} // namespace mortise::host
