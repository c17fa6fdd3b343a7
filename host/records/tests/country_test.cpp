#include "scratch_host.hpp"

namespace mortise::host {
namespace {

TEST(Country, ReadsPhoneNumbersThatDoNotNameOneAsItsOwn)
{
    ScratchHost host;
    const auto phone_of = [&](Id id) {
        const auto row = host.records->get(Principal::system(), "contact", id);
        return std::string{value_of(*host.records->schema()->find("contact"), *row, "phone").text()};
    };
    const Id before = host.create("contact", {{"name", "Ada"}, {"phone", "(212) 555-0123"}})->ids[0];
    ASSERT_TRUE(host.records->set_country("Germany"));
    EXPECT_EQ(host.records->schema()->country(), "DE");
    const Id after = host.create("contact", {{"name", "Berta"}, {"phone", "030 901820"}})->ids[0];
    EXPECT_EQ(phone_of(before), "+12125550123") << "what is stored stays";
    EXPECT_EQ(phone_of(after), "+4930901820");
    host.close();
    host.open();
    ASSERT_TRUE(
        host.create("contact_point", {{"contact", before}, {"kind", "phone"}, {"value", "089 233 00"}})
    );
    const auto found
        = host.records->find(Principal::system(), "contact_point", "value", Value{"+498923300"}, 10);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->size(), 1U);
    const auto unknown = host.records->set_country("Atlantis");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().key, "country.unknown");
    EXPECT_EQ(host.records->schema()->country(), "DE");
}

} // namespace
} // namespace mortise::host
