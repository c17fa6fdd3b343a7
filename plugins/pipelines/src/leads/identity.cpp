#include "leads/identity.hpp"

#include <algorithm>

namespace mortise::plugins::pipelines {

namespace {

constexpr const char* persons_by_point = R"(
    SELECT DISTINCT c.id AS id, c.name AS name, c.organisation AS organisation
    FROM contact_point p JOIN contact c ON c.id = p.contact
    WHERE p.value = :value AND p.kind = :kind AND c.kind = 'person' ORDER BY c.id LIMIT 20)";

constexpr const char* organisations_by_name = R"(
    SELECT c.id AS id, c.name AS name, NULL AS organisation FROM contact c
    WHERE c.kind = 'organisation' AND lower(c.name) = lower(:value) ORDER BY c.id LIMIT 20)";

void add(std::vector<Candidate>& found, const Rows& rows, const char* why)
{
    for (const Row row : rows)
        if (std::ranges::find(found, row["id"].id(), &Candidate::contact) == found.end())
            found.push_back({row["id"].id(), std::string{row["name"].text()}, row["organisation"].id(), why});
}

} // namespace

std::vector<Candidate> find_persons(const Host& host, const Record& lead)
{
    std::vector<Candidate> found;
    for (const char* kind : {"email", "phone"}) {
        const ValueView value = lead[std::string_view{kind}];
        if (value.empty()) continue;
        add(found, require(host.query(persons_by_point, Map{{"value", value.value()}, {"kind", kind}})), kind
        );
    }
    return found;
}

std::vector<Candidate> find_organisations(const Host& host, const Record& lead)
{
    std::vector<Candidate> found;
    if (!lead["company"].empty())
        add(found, require(host.query(organisations_by_name, Map{{"value", lead["company"].value()}})), "name"
        );
    return found;
}

} // namespace mortise::plugins::pipelines
