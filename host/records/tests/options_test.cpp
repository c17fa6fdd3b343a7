#include "records/custom_fields.hpp"
#include "records/declaration_fit.hpp"
#include "scratch_host.hpp"

#include <boost/json/parse.hpp>

namespace mortise::host {
namespace {

Result<Field> declared(const char* options, const char* kind = "enum")
{
    const std::string text
        = std::string{R"({"name": "tier", "kind": ")"} + kind + R"(", "options": )" + options + "}";
    return parse_field(boost::json::parse(text), "/fields/0");
}

TEST(Options, AreTextsOrValuesWithLabels)
{
    const auto plain = declared(R"(["basic", "pro"])");
    ASSERT_TRUE(plain) << plain.error().message;
    EXPECT_TRUE(plain->option_labels.empty());
    EXPECT_EQ(plain->label_of("pro"), "pro") << "a text is its own label";
    const auto mixed = declared(R"(["basic", {"value": "pro", "label": "Professional"}, {"value": "odd"}])");
    ASSERT_TRUE(mixed) << mixed.error().message;
    EXPECT_EQ(mixed->options, (std::vector<std::string>{"basic", "pro", "odd"}));
    EXPECT_EQ(mixed->label_of("basic"), "basic");
    EXPECT_EQ(mixed->label_of("pro"), "Professional");
    EXPECT_EQ(mixed->label_of("odd"), "odd");
    EXPECT_EQ(mixed->label_of("gone"), "gone");
}

TEST(Options, OfAnotherShapeAreRefusedWithTheirPlace)
{
    const auto place = [](const char* options) {
        const auto field = declared(options);
        EXPECT_FALSE(field) << options;
        return field ? std::string{} : field.error().where;
    };
    EXPECT_EQ(place(R"(["a", 1])"), "/fields/0/options/1");
    EXPECT_EQ(place(R"([{"label": "A"}])"), "/fields/0/options/0/value");
    EXPECT_EQ(place(R"([{"value": "a", "label": 1}])"), "/fields/0/options/0/label");
    EXPECT_EQ(place(R"(["a", {"value": "a", "label": "A"}])"), "/fields/0/options/1");
    EXPECT_EQ(place(R"("a")"), "/fields/0/options");
}

TEST(Options, AreKeptByTheirValuesAndHaveTheirLabelsAfterARestart)
{
    ScratchHost host;
    const auto tier = declared(R"(["basic", {"value": "pro", "label": "Professional"}])");
    ASSERT_TRUE(tier);
    ASSERT_TRUE(add_custom_field(*host.records, "contact", *tier));
    const auto ada = host.create("contact", {{"name", "Ada"}, {"tier", "pro"}});
    ASSERT_TRUE(ada) << ada.error().message;
    const auto by_label = host.create("contact", {{"name", "Eve"}, {"tier", "Professional"}});
    ASSERT_FALSE(by_label);
    EXPECT_EQ(by_label.error().hint, "the options are basic, pro (Professional)");
    host.close();
    host.open();
    const TypePointer type = host.records->schema()->find("contact");
    EXPECT_EQ(type->fields[*type->slot("tier")].label_of("pro"), "Professional");
    EXPECT_EQ(
        value_of(*type, *host.records->get(Principal::system(), "contact", ada->ids[0]), "tier"), Value{"pro"}
    );
    const std::uint64_t before = host.records->schema()->epoch();
    ASSERT_TRUE(add_custom_field(*host.records, "contact", *tier));
    EXPECT_EQ(host.records->schema()->epoch(), before) << "the same once more changes nothing";
}

TEST(Options, ThatSeveralAreChosenFromAreCountedEach)
{
    ScratchHost host;
    TypeDeclaration contact{
        .name = "contact", .plural = {}, .label = {}, .title_field = {}, .extends = true, .fields = {}
    };
    contact.fields = {*declared(R"(["mo", "tu", "we"])", "multi_enum")};
    ASSERT_TRUE(host.records->declare("com.vendor.acme", std::vector{contact}));
    for (const List& days : {List{"mo", "tu"}, List{"tu"}, List{"we"}})
        ASSERT_TRUE(host.create("contact", {{"name", "Ada"}, {"tier", days}}));
    const auto misfits = [&](const char* options) {
        contact.fields = {*declared(options, "multi_enum")};
        const ReadLease reader = host.database->read();
        auto found = find_misfits(
            *reader, *host.records->schema(), *host.records->schema(), "com.vendor.acme", std::vector{contact}
        );
        EXPECT_TRUE(found) << found.error().message;
        return found ? *std::move(found) : std::vector<Misfit>{};
    };
    EXPECT_TRUE(misfits(R"(["mo", "tu", {"value": "we", "label": "Wednesday"}, "th"])").empty());
    const auto taken = misfits(R"(["we"])");
    ASSERT_EQ(taken.size(), 2U);
    EXPECT_EQ(taken[0].option, "mo");
    EXPECT_EQ(taken[0].records, 1);
    EXPECT_EQ(taken[1].option, "tu");
    EXPECT_EQ(taken[1].records, 2);
}

TEST(Options, ThatWereTakenAwayAreCountedUntilTheirRecordsAreMended)
{
    ScratchHost host;
    TypeDeclaration parcel{
        .name = "parcel", .plural = {}, .label = {}, .title_field = {}, .extends = false, .fields = {}
    };
    parcel.fields = {*declared(R"(["sent", "lost"])")};
    ASSERT_TRUE(host.records->declare("com.vendor.acme", std::vector{parcel}));
    const auto made = host.create("parcel", {{"tier", "lost"}});
    ASSERT_TRUE(made);
    const SchemaPointer before = host.records->schema();
    Field weight;
    weight.name = "weight";
    weight.kind = FieldKind::integer;
    weight.required = true;
    parcel.fields = {*declared(R"(["sent"])"), weight};
    ASSERT_TRUE(host.records->declare("com.vendor.acme", std::vector{parcel}));
    const auto misfits = [&] {
        const ReadLease reader = host.database->read();
        return find_misfits(*reader, *before, *host.records->schema(), "com.vendor.acme", std::vector{parcel})
            ->size();
    };
    EXPECT_EQ(misfits(), 2U) << "an option that is gone, a value that is missing";
    ASSERT_TRUE(host.commit(
        {.operation = Operation::update,
         .type = "parcel",
         .id = made->ids[0],
         .version = {},
         .values = Map{{"tier", "sent"}, {"weight", 3}}}
    ));
    EXPECT_EQ(misfits(), 0U) << "what migrate mended is no reason to go back";
}

} // namespace
} // namespace mortise::host
