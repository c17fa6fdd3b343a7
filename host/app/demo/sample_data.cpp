#include "app/demo/sample_data.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/time_text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace mortise::host {
namespace {

constexpr std::array<std::string_view, 24> first_words{"Alder",   "Amber",    "Birch",   "Blue",    "Bright",
                                                       "Cedar",   "Clear",    "Copper",  "Crown",   "Delta",
                                                       "Ember",   "Falcon",   "Granite", "Harbour", "Iron",
                                                       "Juniper", "Keystone", "Lark",    "Maple",   "North",
                                                       "Orchard", "Pine",     "River",   "Stone"};
constexpr std::array<std::string_view, 16> second_words{
    "bridge",
    "brook",
    "field",
    "gate",
    "haven",
    "hill",
    "land",
    "light",
    "mark",
    "mill",
    "path",
    "point",
    "ridge",
    "view",
    "ward",
    "works"
};
constexpr std::array<std::string_view, 10> industries{
    "logistics",
    "software",
    "retail",
    "health care",
    "finance",
    "construction",
    "education",
    "energy",
    "food",
    "media"
};

struct Place {
    std::string_view country;
    std::string_view ending; // of a firm's name
    std::string_view domain;
    std::string_view locale;
};
constexpr std::array<Place, 8> places{{
    {"AT", "GmbH", "at", "de-AT"},
    {"DE", "AG", "de", "de-DE"},
    {"FR", "SARL", "fr", "fr-FR"},
    {"GB", "Ltd", "uk", "en-GB"},
    {"IE", "Ltd", "ie", "en-IE"},
    {"NL", "BV", "nl", "nl-NL"},
    {"PL", "Sp. z o.o.", "pl", "pl-PL"},
    {"SE", "AB", "se", "sv-SE"},
}};

constexpr std::array<std::string_view, 36> given_names{
    "Ada",   "Aino",  "Anna",   "Bruno", "Carla",      "Chloé", "Daan",    "David", "Elif",
    "Emma",  "Erik",  "Fatima", "Femke", "Georg",      "Hanna", "Ingrid",  "Ivan",  "Jonas",
    "Julia", "Karim", "Lena",   "Luca",  "Małgorzata", "Marie", "Mateusz", "Nadia", "Niamh",
    "Noah",  "Oskar", "Paula",  "Priya", "Sean",       "Sofia", "Tomás",   "Yuki",  "Zoë"
};
constexpr std::array<std::string_view, 36> family_names{
    "Andersson", "Bakker",    "Becker", "Brennan",   "Byrne",  "Costa",  "de Vries", "Dubois",   "Eriksson",
    "Fischer",   "Garcia",    "Gruber", "Haddad",    "Huber",  "Jansen", "Kaya",     "Kowalska", "Lambert",
    "Larsen",    "Lindqvist", "Martin", "Meyer",     "Moreau", "Müller", "Nowak",    "O'Brien",  "Okafor",
    "Patel",     "Petit",     "Rossi",  "Schneider", "Silva",  "Smith",  "Tanaka",   "Visser",   "Wójcik"
};
constexpr std::array<std::string_view, 10> job_titles{
    "Head of Operations",
    "Managing Director",
    "Purchasing Manager",
    "Sales Manager",
    "Chief Financial Officer",
    "IT Manager",
    "Marketing Lead",
    "Office Manager",
    "Engineer",
    "Consultant"
};
constexpr std::array<std::string_view, 4> lifecycles{"lead", "qualified", "customer", "customer"};

struct Product {
    std::string_view name;
    std::string_view series;
    std::uint32_t price; // euros
};
constexpr std::array<Product, 6> product_list{{
    {"Tenon Basic", "Tenon", 490},
    {"Tenon Plus", "Tenon", 1'250},
    {"Tenon Pro", "Tenon", 4'800},
    {"Dovetail Team", "Dovetail", 2'900},
    {"Dovetail Company", "Dovetail", 14'500},
    {"Workshop Training", "Services", 1'800},
}};

struct Agent {
    std::string_view name;
    std::string_view region;
};
constexpr std::array<Agent, 6> agent_list{{
    {"Hanna Weiss", "Central"},
    {"Jonas Keller", "Central"},
    {"Niamh Doyle", "West"},
    {"Pierre Lambert", "West"},
    {"Ewa Zielińska", "East"},
    {"Lars Holm", "North"},
}};

constexpr std::size_t organisation_total = 200;
constexpr std::size_t person_total = 1000;
constexpr std::size_t opportunity_total = 400;

std::string address_part(std::string_view name)
{
    std::string part;
    for (const char c : fold(name))
        if (c >= 'a' && c <= 'z') part += c;
    return part;
}

void add_line(std::string& lines, const boost::json::object& record)
{
    lines += to_json(record);
    lines += '\n';
}

boost::json::object money(std::uint64_t euros)
{
    return {{"amount", std::to_string(euros) + ".00"}, {"currency", "EUR"}};
}

} // namespace

SampleData::SampleData(Date today) : m_today{today}
{
    make_organisations();
    make_people();
    make_opportunities();
    choose_people();
}

std::size_t SampleData::below(std::size_t end)
{
    return m_random() % end;
}

void SampleData::make_organisations()
{
    std::set<std::string> stems;
    while (m_organisations.size() < organisation_total) {
        const std::string stem = std::string{first_words[below(first_words.size())]}
            + std::string{second_words[below(second_words.size())]};
        const Place& place = places[below(places.size())];
        if (!stems.insert(stem).second) continue;
        const auto employees = static_cast<std::uint32_t>(3 + below(40) * below(60));
        m_organisations.push_back({
            stem + ' ' + std::string{place.ending},
            address_part(stem) + '.' + std::string{place.domain} + ".example",
            std::string{industries[below(industries.size())]},
            std::string{place.country},
            std::string{place.locale},
            employees,
            static_cast<std::uint32_t>(employees * (60 + below(120))),
        });
    }
}

void SampleData::make_people()
{
    std::set<std::string> emails;
    while (m_people.size() < person_total) {
        const std::size_t employer = below(m_organisations.size());
        Person person{
            std::string{given_names[below(given_names.size())]},
            std::string{family_names[below(family_names.size())]},
            {},
            std::string{job_titles[below(job_titles.size())]},
            employer,
            std::string{lifecycles[below(lifecycles.size())]}
        };
        employ(person, employer);
        if (emails.insert(person.email).second) m_people.push_back(std::move(person));
    }
}

void SampleData::make_opportunities()
{
    constexpr std::array<std::string_view, 8> stages{
        "won", "won", "won", "lost", "lost", "engaging", "engaging", "prospecting"
    };
    constexpr std::size_t oldest = 540;
    for (std::size_t i = 0; i < opportunity_total; ++i) {
        Opportunity deal;
        deal.organisation = below(m_organisations.size());
        deal.product = below(product_list.size());
        deal.agent = below(agent_list.size());
        deal.stage = "sales/" + std::string{stages[below(stages.size())]};
        const bool is_closed = deal.stage == "sales/won" || deal.stage == "sales/lost";
        deal.engaged_days_ago = static_cast<std::int64_t>(1 + below(is_closed ? oldest : 90));
        if (is_closed)
            deal.closed_days_ago
                = static_cast<std::int64_t>(below(static_cast<std::size_t>(deal.engaged_days_ago)));
        deal.amount = static_cast<std::uint32_t>(product_list[deal.product].price * (1 + below(12)));
        m_opportunities.push_back(std::move(deal));
    }
}

/// The people of an organisation take turns with its deals. Who has deals and nobody is sent somebody from
/// where there are most.
void SampleData::choose_people()
{
    std::vector<std::vector<std::size_t>> people(m_organisations.size());
    for (std::size_t i = 0; i < m_people.size(); ++i)
        people[m_people[i].organisation].push_back(i);
    for (const Opportunity& deal : m_opportunities) {
        std::vector<std::size_t>& there = people[deal.organisation];
        if (!there.empty()) continue;
        const auto most = std::ranges::max_element(people, {}, &std::vector<std::size_t>::size);
        there.push_back(most->back());
        most->pop_back();
        employ(m_people[there.front()], deal.organisation);
    }
    std::vector<std::size_t> deals(m_organisations.size());
    for (Opportunity& deal : m_opportunities) {
        const std::vector<std::size_t>& there = people[deal.organisation];
        deal.person = there[deals[deal.organisation]++ % there.size()];
    }
}

void SampleData::employ(Person& person, std::size_t organisation) const
{
    person.organisation = organisation;
    person.email = address_part(person.given_name) + '.' + address_part(person.family_name) + '@'
        + m_organisations[organisation].domain;
}

std::string SampleData::organisations() const
{
    std::string lines;
    for (const Organisation& one : m_organisations)
        add_line(
            lines,
            {{"kind", "organisation"},
             {"name", one.name},
             {"industry", one.industry},
             {"country", one.country},
             {"locale", one.locale},
             {"employees", one.employees},
             {"annual_revenue", money(std::uint64_t{one.revenue} * 1000)},
             {"website", "https://www." + one.domain},
             {"source", "demo"}}
        );
    return lines;
}

std::string SampleData::people() const
{
    std::string lines;
    for (const Person& one : m_people) {
        const Organisation& employer = m_organisations[one.organisation];
        add_line(
            lines,
            {{"kind", "person"},
             {"given_name", one.given_name},
             {"family_name", one.family_name},
             {"email", one.email},
             {"job_title", one.job_title},
             {"organisation", employer.name},
             {"lifecycle", one.lifecycle},
             {"country", employer.country},
             {"locale", employer.locale},
             {"source", "demo"}}
        );
    }
    return lines;
}

std::string SampleData::products() const
{
    std::string lines;
    for (const Product& one : product_list)
        add_line(lines, {{"name", one.name}, {"series", one.series}, {"list_price", money(one.price)}});
    return lines;
}

std::string SampleData::agents() const
{
    std::string lines;
    for (const Agent& one : agent_list)
        add_line(lines, {{"name", one.name}, {"region", one.region}});
    return lines;
}

std::string SampleData::opportunities() const
{
    std::string lines;
    std::size_t number = 0;
    for (const Opportunity& one : m_opportunities) {
        boost::json::object record{
            {"external_id", "demo-" + std::to_string(++number)},
            {"organisation", m_organisations[one.organisation].name},
            {"contact", m_people[one.person].email},
            {"product", product_list[one.product].name},
            {"agent", agent_list[one.agent].name},
            {"stage", one.stage},
            {"engage_date", format_date({m_today.days - one.engaged_days_ago})},
            {"amount", money(one.amount)},
        };
        if (one.closed_days_ago >= 0)
            record["close_date"] = format_date({m_today.days - one.closed_days_ago});
        add_line(lines, record);
    }
    return lines;
}

} // namespace mortise::host
