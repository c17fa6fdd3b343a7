#include "model/csv_preview.hpp"
#include "model/types.hpp"
#include "panels/sql_screen.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace mortise::ui {
namespace {

using boost::json::object;
using boost::json::value;

TEST(Values, WriteMoneyInItsCurrency)
{
    EXPECT_EQ(money_text(343'000, "EUR"), "3,430.00 EUR");
    EXPECT_EQ(money_text(5, "EUR"), "0.05 EUR");
    EXPECT_EQ(money_text(-12'345, "USD"), "-123.45 USD");
    EXPECT_EQ(money_text(1'234'567, "JPY"), "1,234,567 JPY");
    EXPECT_EQ(money_text(1'234, "KWD"), "1.234 KWD");
    EXPECT_EQ(short_money_text(152'480'000'00, "EUR"), "152.5m EUR");
}

TEST(Values, ReadWhatWasTyped)
{
    const auto parsed = [](std::string kind, std::string_view text) {
        return parse_edit({.name = "f", .kind = std::move(kind), .label = "F"}, text);
    };
    EXPECT_EQ(parsed("money", "1,234.50 eur"), (value(object{{"amount", "1234.50"}, {"currency", "EUR"}})));
    EXPECT_EQ(parsed("int", "1,200"), value(1200));
    EXPECT_EQ(parsed("int", "many"), value("many")); // for the host to refuse, with its reason
    EXPECT_EQ(parsed("bool", "Yes"), value(true));
    EXPECT_EQ(parsed("list", "a, b ,c"), (value(boost::json::array{"a", "b ", "c"})));
    EXPECT_TRUE(parsed("text", "  ").is_null());
}

TEST(Values, OptionsAreReadByTheirLabels)
{
    const auto types = read_types(object{
        {"types",
         boost::json::array{object{
             {"name", "deal"},
             {"plural", "deals"},
             {"label_plural", "Bargains"},
             {"fields",
              boost::json::array{
                  object{
                      {"name", "status"},
                      {"kind", "enum"},
                      {"options", boost::json::array{"won", "closed_lost"}},
                      {"option_labels", object{{"won", "Signed!"}}}
                  },
                  object{
                      {"name", "days"},
                      {"kind", "multi_enum"},
                      {"options", boost::json::array{"mo", "tu"}},
                      {"option_labels", object{{"mo", "Monday"}, {"tu", "Tuesday"}}}
                  }
              }}
         }}}
    });
    ASSERT_EQ(types.size(), 1U);
    EXPECT_EQ(types[0].plural_label(), "Bargains");
    const FieldInfo& status = types[0].fields[0];
    EXPECT_EQ(value_text(status, value("won")), "Signed!");
    EXPECT_EQ(value_text(status, value("closed_lost")), "Closed lost");
    EXPECT_EQ(value_text(status, value("gone")), "Gone");
    EXPECT_EQ(status.options, (std::vector<std::string>{"won", "closed_lost"}));
    EXPECT_EQ(value_text(types[0].fields[1], boost::json::array{"mo", "tu"}), "Monday, Tuesday");
}

TEST(Csv, IsPreviewedWithItsSeparator)
{
    const CsvPreview preview = preview_csv(
        "\xEF\xBB\xBFName;E-mail;Note\r\n\"Acme; Ltd\";a@b.example;\"two\nlines\"\r\n;;\r\n", 10
    );
    EXPECT_EQ(preview.separator, ';');
    EXPECT_EQ(preview.header, (std::vector<std::string>{"Name", "E-mail", "Note"}));
    ASSERT_EQ(preview.rows.size(), 2U);
    EXPECT_EQ(preview.rows[0][0], "Acme; Ltd");
    EXPECT_EQ(preview.rows[0][2], "two\nlines");
    EXPECT_EQ(preview.sample(1), "a@b.example");
}

TEST(Csv, MatchesColumnsByTheirNames)
{
    TypeInfo type{.name = "contact"};
    for (const char* const name : {"name", "email", "given_name", "organisation", "phone"})
        type.fields.push_back({.name = name, .kind = "text", .label = name});
    EXPECT_EQ(
        guess_fields({"Full name", "First Name", "E-Mail", "Company", "Tel.", "Shoe size", "Mail"}, type),
        (std::vector<std::string>{"name", "given_name", "email", "organisation", "phone", "", ""})
    );
}

TEST(Csv, IsWrittenWithoutFormulas)
{
    EXPECT_EQ(csv_cell("=1+1"), "'=1+1");
    EXPECT_EQ(csv_cell("-12.50"), "-12.50");
    EXPECT_EQ(csv_cell("a \"b\", c"), "\"a \"\"b\"\", c\"");
}

} // namespace
} // namespace mortise::ui
