#include "control/methods/search_methods.hpp"

#include "control/methods/answers.hpp"
#include "records/search/search.hpp"

namespace mortise::host {
namespace {

constexpr std::chrono::milliseconds patience{10'000};

Answer find(Search& search, const Call& call, const Arguments& arguments)
{
    const SearchRequest request{
        .text = arguments.text("text"),
        .type = arguments.text("type"),
        .limit = arguments.count("limit", 20, 200),
        .wait = arguments.flag("fresh") ? patience : std::chrono::milliseconds{0}
    };
    MORTISE_TRY(const SearchAnswer answer, search.run(call.principal(), request));
    boost::json::array hits;
    for (const SearchHit& hit : answer.hits) {
        boost::json::object json{
            {"type", hit.type->name}, {"id", number_text(hit.id.number)}, {"title", hit.title}
        };
        if (!hit.field.empty()) {
            json["field"] = hit.field;
            json["text"] = hit.text;
        }
        hits.emplace_back(std::move(json));
    }
    return boost::json::value(boost::json::object{
        {"hits", std::move(hits)},
        {"behind", answer.status.behind},
        {"complete", answer.status.types_to_read == 0}
    });
}

} // namespace

void add_search_methods(Api& api, const std::shared_ptr<Search>& search)
{
    api.add({
        .name = "search.run",
        .help = "Searches the records that the user may see, best first; the last word is taken as a beginning",
        .params = {
            {"text", ParamKind::text, "words, an e-mail address, a phone number, or the beginning of one", true},
            {"type", ParamKind::text, "only records of this type"},
            {"limit", ParamKind::integer, "at most so many, 1 to 200; without it 20"},
            {"fresh", ParamKind::boolean, "wait until search knows all that was written before this call"},
        },
        .result = "{hits: [{type, id, title, field and text if it was not found in the title}], behind: events that search "
                  "does not know yet, complete: false while it reads a type for the first time}",
        .handler = [search](Call& call, const Arguments& arguments) { return find(*search, call, arguments); },
    });
    api.add({
        .name = "search.status",
        .help = "Tells how far search has read the log",
        .result
        = "{seen_to, behind: events, types_to_read, problem: why it stands still, empty if it does not}",
        .handler = [search](Call&, const Arguments&) -> Answer {
            const SearchStatus status = search->index().status();
            return boost::json::value(boost::json::object{
                {"seen_to", number_text(status.seen_to)},
                {"behind", status.behind},
                {"types_to_read", status.types_to_read},
                {"problem", status.problem},
            });
        },
    });
}

} // namespace mortise::host
