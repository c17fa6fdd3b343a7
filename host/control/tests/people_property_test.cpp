// What people see, against a look at every record by hand: many roles, made up by chance, and everything that
// reads is asked the same.
#include "people_world.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace mortise::host {
namespace {

constexpr int sets = 500;
constexpr std::array<const char*, 2> types{"deal", "stage"};
constexpr std::array<const char*, 4> fields{"title", "amount", "secret", "code"};
constexpr std::array<const char*, 5> words{"amber", "birch", "cedar", "dahlia", "elder"};

struct Record {
    std::string id{};
    std::string type{};
    bool is_annas{false};
    std::map<std::string, value> values{};
};

using Names = std::set<std::string>;

/// What a role says of a type: 0 none, 1 own, 2 all.
struct Rule {
    int read{0};
    int write{0};
    int remove{0};
    bool create{false};
    Names hidden{};
    Names read_only{};
};

struct MadeRole {
    std::map<std::string, Rule> types{}; // "*" among them
    bool exports{false};
};

class Oracle {
public:
    explicit Oracle(const std::vector<MadeRole>& roles) : m_roles{roles} { }

    int level(const std::string& type, int Rule::* what) const
    {
        int widest = 0;
        for (const Rule* rule : rules(type))
            widest = std::max(widest, rule->*what);
        return widest;
    }
    bool hides(const std::string& type, const std::string& field) const
    {
        const int read = level(type, &Rule::read);
        const auto all = rules(type);
        return std::ranges::all_of(all, [&](const Rule* rule) {
            return rule->read < read || rule->hidden.contains(field);
        });
    }
    bool sets(const std::string& type, const std::string& field) const
    {
        if (hides(type, field)) return false;
        const int write = level(type, &Rule::write);
        const auto all = rules(type);
        return std::ranges::any_of(all, [&](const Rule* rule) {
            return write > 0 && rule->write == write && !rule->hidden.contains(field)
                && !rule->read_only.contains(field);
        });
    }
    bool sees(const Record& record) const
    {
        const int read = level(record.type, &Rule::read);
        return read == 2 || (read == 1 && (record.is_annas || record.type == "stage"));
    }
    bool may(const Record& record, int Rule::* what) const
    {
        const int granted = level(record.type, what);
        return sees(record) && (granted == 2 || (granted == 1 && record.is_annas));
    }
    bool exports() const { return std::ranges::any_of(m_roles, &MadeRole::exports); }

private:
    std::vector<const Rule*> rules(const std::string& type) const
    {
        std::vector<const Rule*> found;
        for (const MadeRole& role : m_roles) {
            auto rule = role.types.find(type);
            if (rule == role.types.end()) rule = role.types.find("*");
            if (rule != role.types.end()) found.push_back(&rule->second);
        }
        return found;
    }

    const std::vector<MadeRole>& m_roles;
};

class PeopleProperty : public PeopleWorld {
protected:
    int chance(int below) { return std::uniform_int_distribution{0, below - 1}(m_random); }

    Rule make_rule(bool with_fields)
    {
        Rule rule;
        rule.read = chance(3);
        rule.write = chance(rule.read + 1);
        rule.remove = chance(rule.read + 1);
        rule.create = rule.read > 0 && chance(2) == 0;
        for (const char* field : fields) {
            if (!with_fields) continue;
            const int said = chance(5);
            if (said == 0) rule.hidden.insert(field);
            if (said == 1) rule.read_only.insert(field);
        }
        return rule;
    }

    MadeRole make_role()
    {
        MadeRole role;
        if (chance(3) == 0) role.types["*"] = make_rule(false);
        for (const char* type : types)
            if (chance(3) != 0) role.types[type] = make_rule(true);
        role.exports = chance(2) == 0;
        return role;
    }

    static object json_of_role(const std::string& name, const MadeRole& role)
    {
        constexpr std::array<const char*, 3> levels{"none", "own", "all"};
        object json{{"name", name}};
        object said;
        for (const auto& [type, rule] : role.types) {
            object one{
                {"read", levels[static_cast<std::size_t>(rule.read)]},
                {"write", levels[static_cast<std::size_t>(rule.write)]},
                {"delete", levels[static_cast<std::size_t>(rule.remove)]},
                {"create", rule.create}
            };
            for (const auto& [key, names] :
                 {std::pair{"hidden", &rule.hidden}, std::pair{"read_only", &rule.read_only}}) {
                array list;
                for (const std::string& field : *names)
                    list.emplace_back(field);
                one[key] = std::move(list);
            }
            said[type] = std::move(one);
        }
        json["types"] = std::move(said);
        if (role.exports) json["capabilities"] = array{"export"};
        return json;
    }

    void make_records()
    {
        const std::string annas = id_of("anna");
        for (int i = 0; i < 24; ++i) {
            Record record{.type = types[static_cast<std::size_t>(i % 2)], .is_annas = chance(2) == 0};
            record.values["title"] = words[static_cast<std::size_t>(chance(5))];
            record.values["amount"] = chance(4);
            record.values["secret"] = words[static_cast<std::size_t>(chance(5))];
            record.values["code"] = "c" + std::to_string(chance(3));
            object values;
            for (const auto& [name, given] : record.values)
                values[name] = given;
            if (record.is_annas) values["owner"] = annas;
            record.id = create(record.type, std::move(values));
            m_records.push_back(std::move(record));
        }
    }

    std::vector<const Record*> seen(const Oracle& oracle, const std::string& type) const
    {
        std::vector<const Record*> found;
        for (const Record& record : m_records)
            if (record.type == type && oracle.sees(record)) found.push_back(&record);
        return found;
    }

    static std::vector<std::string> ids_of(const std::vector<const Record*>& records)
    {
        std::vector<std::string> ids;
        for (const Record* record : records)
            ids.push_back(record->id);
        return ids;
    }

    static std::string text(const value& json) { return std::string{json.as_string()}; }

    /// Names and numbers of what is not there are all that may differ.
    static std::string without(std::string message, const std::string& name)
    {
        for (auto at = message.find(name); at != std::string::npos; at = message.find(name))
            message.replace(at, name.size(), "*");
        return message;
    }

    void expect_same_refusal(
        const Error& one, const std::string& name, const Error& other, const std::string& nobody
    )
    {
        EXPECT_EQ(one.code, other.code) << one.message;
        EXPECT_EQ(one.key, other.key);
        EXPECT_EQ(without(one.message, name), without(other.message, nobody));
        EXPECT_EQ(one.hint, other.hint);
    }

    void check_record(const Oracle& oracle, const Record& record, const object& shown)
    {
        for (const char* field : fields) {
            const value* given = shown.if_contains(field);
            EXPECT_EQ(given == nullptr, oracle.hides(record.type, field)) << field;
            EXPECT_TRUE(!given || *given == record.values.at(field)) << field;
        }
    }

    void check_plain_reads(const Oracle& oracle, const std::string& type)
    {
        for (const Record& record : m_records) {
            if (record.type != type) continue;
            const Told got = ask(*anna, "records.get", {{"type", type}, {"id", record.id}});
            EXPECT_EQ(!got.failed, oracle.sees(record));
            if (got.failed)
                expect_same_refusal(
                    got.error,
                    record.id,
                    refusal(*anna, "records.get", {{"type", type}, {"id", "99999999"}}),
                    "99999999"
                );
            else
                check_record(oracle, record, got.answer.as_object());
        }
        std::vector<std::string> listed;
        std::string after;
        do {
            const Told page = ask(*anna, "records.list", {{"type", type}, {"limit", 5}, {"after", after}});
            if (page.failed) {
                EXPECT_EQ(oracle.level(type, &Rule::read), 0) << page.error.message;
                EXPECT_EQ(page.error.hint.find(type), std::string::npos);
                return;
            }
            for (const value& record : page.answer.at("records").as_array())
                listed.push_back(text(record.at("id")));
            after = text(page.answer.at("next"));
        } while (!after.empty());
        EXPECT_NE(oracle.level(type, &Rule::read), 0);
        EXPECT_EQ(listed, ids_of(seen(oracle, type)));
    }

    void check_filters(const Oracle& oracle, const std::string& type)
    {
        for (const char* field : {"amount", "secret"}) {
            const value wanted = field == std::string{"amount"} ? value(2) : value("cedar");
            const Told found
                = ask(*anna, "records.list", {{"type", type}, {"where", {{field, wanted}}}, {"limit", 100}});
            const Told sorted = ask(*anna, "records.list", {{"type", type}, {"sort", field}, {"limit", 100}});
            if (oracle.level(type, &Rule::read) == 0) continue;
            EXPECT_EQ(found.failed, oracle.hides(type, field));
            EXPECT_EQ(sorted.failed, oracle.hides(type, field));
            if (found.failed) {
                expect_same_refusal(
                    found.error,
                    field,
                    refusal(*anna, "records.list", {{"type", type}, {"where", {{"nobody", wanted}}}}),
                    "nobody"
                );
                continue;
            }
            Names expected;
            for (const Record* record : seen(oracle, type))
                if (record->values.at(field) == wanted) expected.insert(record->id);
            Names listed;
            for (const value& record : found.answer.at("records").as_array())
                listed.insert(text(record.at("id")));
            EXPECT_EQ(listed, expected) << field;
        }
    }

    void check_queries(const Oracle& oracle, const std::string& type)
    {
        const Told count = ask(*anna, "query.run", {{"sql", "SELECT count(*) FROM " + type}});
        EXPECT_EQ(count.failed, oracle.level(type, &Rule::read) == 0);
        if (count.failed) {
            expect_same_refusal(
                count.error,
                type,
                refusal(*anna, "query.run", {{"sql", "SELECT count(*) FROM nobody"}}),
                "nobody"
            );
            return;
        }
        EXPECT_EQ(count.rows.at(0).at(0).as_int64(), static_cast<std::int64_t>(seen(oracle, type).size()));
        const Told sum = ask(*anna, "query.run", {{"sql", "SELECT coalesce(sum(amount), 0) FROM " + type}});
        EXPECT_EQ(sum.failed, oracle.hides(type, "amount"));
        if (sum.failed) {
            const Error nobody
                = refusal(*anna, "query.run", {{"sql", "SELECT coalesce(sum(nobody), 0) FROM " + type}});
            EXPECT_EQ(sum.error.key, nobody.key);
            return;
        }
        std::int64_t expected = 0;
        for (const Record* record : seen(oracle, type))
            expected += record->values.at("amount").as_int64();
        EXPECT_EQ(sum.rows.at(0).at(0).as_int64(), expected);
    }

    void check_search(const Oracle& oracle)
    {
        for (const char* word : words) {
            Names expected;
            for (const Record& record : m_records)
                for (const char* field : {"title", "secret"})
                    if (oracle.sees(record) && !oracle.hides(record.type, field)
                        && record.values.at(field) == value(word))
                        expected.insert(record.id);
            const Told found = ask(*anna, "search.run", {{"text", word}, {"limit", 100}, {"fresh", true}});
            ASSERT_FALSE(found.failed) << found.error.message;
            Names hits;
            for (const value& hit : found.answer.at("hits").as_array()) {
                hits.insert(text(hit.at("id")));
                const std::string type = text(hit.at("type"));
                EXPECT_TRUE(!oracle.hides(type, "title") || text(hit.at("title")).empty());
                const value* field = hit.as_object().if_contains("field");
                EXPECT_TRUE(!field || !oracle.hides(type, text(*field)));
            }
            EXPECT_EQ(hits, expected) << word;
        }
    }

    void check_events(const Oracle& oracle)
    {
        const Told told = ask(*anna, "events.list", {{"limit", 1000}, {"type", "deal.*"}});
        ASSERT_FALSE(told.failed) << told.error.message;
        Names subjects;
        for (const value& event : told.answer.at("events").as_array()) {
            const std::string serialized = boost::json::serialize(event);
            for (const char* field : fields) {
                const bool told_of = serialized.find("\"" + std::string{field} + "\":") != std::string::npos;
                EXPECT_FALSE(told_of && oracle.hides("deal", field)) << serialized;
            }
            subjects.insert(text(event.at("subject")));
        }
        const auto ids = ids_of(seen(oracle, "deal"));
        EXPECT_EQ(subjects, Names(ids.begin(), ids.end()));
    }

    void check_export(const Oracle& oracle)
    {
        const Told file = ask(*anna, "export.run", {{"type", "deal"}, {"format", "csv"}});
        const bool reads = oracle.level("deal", &Rule::read) != 0;
        EXPECT_EQ(!file.failed, oracle.exports() && reads);
        if (file.failed) return;
        EXPECT_EQ(file.answer.at("records").to_number<std::size_t>(), seen(oracle, "deal").size());
        const std::string header = file.text.substr(0, file.text.find('\n'));
        for (const char* field : fields)
            EXPECT_EQ(header.find(field) == std::string::npos, oracle.hides("deal", field)) << header;
    }

    void check_writes(const Oracle& oracle)
    {
        Record& record = m_records[static_cast<std::size_t>(chance(static_cast<int>(m_records.size())))];
        const std::string field = fields[static_cast<std::size_t>(chance(4))];
        const value wanted
            = field == "amount" ? value(chance(4)) : value(words[static_cast<std::size_t>(chance(5))]);
        const Told done = ask(
            *anna, "records.update", {{"type", record.type}, {"id", record.id}, {"values", {{field, wanted}}}}
        );
        const bool may = oracle.may(record, &Rule::write) && oracle.sets(record.type, field);
        EXPECT_EQ(!done.failed, may) << record.type << '.' << field << ": " << done.error.message;
        // Who may write no record of the type is told so, whether the record is there or not.
        const bool writes_none
            = oracle.level(record.type, &Rule::read) != 0 && oracle.level(record.type, &Rule::write) == 0;
        EXPECT_TRUE(
            !done.failed || oracle.sees(record) || writes_none || done.error.code == ErrorCode::not_found
        ) << done.error.message;
        if (!done.failed) record.values[field] = wanted;
        const value now = call("records.get", {{"type", record.type}, {"id", record.id}});
        EXPECT_EQ(now.at(field), record.values.at(field));
        const Told removed = ask(
            *anna,
            "records.delete",
            {{"type", record.type}, {"id", record.id}, {"context", {{"dry_run", true}}}}
        );
        EXPECT_EQ(!removed.failed, oracle.may(record, &Rule::remove)) << removed.error.message;
        const Told made = ask(
            *anna,
            "records.create",
            {{"type", record.type}, {"values", object{}}, {"context", {{"dry_run", true}}}}
        );
        EXPECT_EQ(!made.failed, oracle.level(record.type, &Rule::read) != 0 && creates(oracle, record.type));
    }

    bool creates(const Oracle&, const std::string& type) const
    {
        return std::ranges::any_of(m_roles, [&](const MadeRole& role) {
            auto rule = role.types.find(type);
            if (rule == role.types.end()) rule = role.types.find("*");
            return rule != role.types.end() && rule->second.create;
        });
    }

    std::mt19937 m_random{20261127};
    std::vector<Record> m_records;
    std::vector<MadeRole> m_roles;
};

TEST_F(PeopleProperty, SeesAndChangesExactlyWhatTheRolesGive)
{
    for (const char* name : {"one", "two", "three"})
        role(R"({"name": ")" + std::string{name} + "\"}");
    call("users.add", {{"name", "anna"}, {"roles", array{"one"}}});
    anna = connect_as("anna");
    make_records();
    constexpr std::array<const char*, 3> names{"one", "two", "three"};
    for (int set = 0; set < sets; ++set) {
        SCOPED_TRACE(set);
        m_roles.clear();
        array has;
        const int count = 1 + chance(3);
        for (int i = 0; i < count; ++i) {
            const char* name = names[static_cast<std::size_t>(i)];
            m_roles.push_back(make_role());
            call("roles.change", {{"role", json_of_role(name, m_roles.back())}});
            has.emplace_back(name);
        }
        call("users.change", {{"name", "anna"}, {"roles", std::move(has)}});
        const Oracle oracle{m_roles};
        for (const char* type : types) {
            check_plain_reads(oracle, type);
            check_filters(oracle, type);
            check_queries(oracle, type);
        }
        check_search(oracle);
        check_events(oracle);
        check_export(oracle);
        check_writes(oracle);
        if (HasFailure()) break;
    }
}

} // namespace
} // namespace mortise::host
