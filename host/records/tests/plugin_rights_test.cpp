#include "records/tests/scratch_host.hpp"
#include "records/type_declaration.hpp"

#include <memory>
#include <vector>

namespace mortise::host {
namespace {

TEST(PluginRights, LetsAPluginDoOnlyWhatItWasGranted)
{
    ScratchHost host;
    CallContext reader = ScratchHost::system();
    reader.principal.plugin
        = std::make_shared<PluginGrants>("acme.reader", std::vector<std::string>{"contacts.read"});
    UnitOfWork unit;
    unit.changes.push_back(
        {.operation = Operation::create, .type = "contact", .id = {}, .version = {}, .values = {{"name", "X"}}
        }
    );
    const auto denied = host.records->commit(reader, unit);
    ASSERT_FALSE(denied);
    EXPECT_EQ(denied.error().code, ErrorCode::denied);
    EXPECT_TRUE(host.records->list(reader.principal, "contact", {}));
    CallContext nobody = reader;
    nobody.principal.plugin = std::make_shared<PluginGrants>("acme.nobody", std::vector<std::string>{});
    EXPECT_FALSE(host.records->list(nobody.principal, "contact", {}));
}

TEST(PluginRights, LetsAPluginWriteItsOwnFieldsWithoutAPermission)
{
    ScratchHost host;
    TypeDeclaration contact{
        .name = "contact", .plural = {}, .label = {}, .title_field = {}, .extends = true, .fields = {}
    };
    Field points;
    points.name = "acme_points";
    points.kind = FieldKind::integer;
    contact.fields = {points};
    ASSERT_TRUE(host.records->declare("com.vendor.acme", std::vector{contact}));
    const auto ada = host.create("contact", {{"name", "Ada"}});
    ASSERT_TRUE(ada);
    const auto grants = std::make_shared<PluginGrants>("com.vendor.acme", std::vector<std::string>{});
    CallContext acme = ScratchHost::system();
    acme.principal.plugin = grants;
    const auto refusal = [&](const CallContext& context, Operation operation, Map values) -> std::string {
        UnitOfWork unit;
        unit.changes.push_back(
            {.operation = operation,
             .type = "contact",
             .id = operation == Operation::create ? Id{} : ada->ids[0],
             .version = {},
             .values = std::move(values)}
        );
        const auto done = host.records->commit(context, std::move(unit));
        return done ? "" : done.error().key;
    };
    EXPECT_EQ(refusal(acme, Operation::update, {{"acme_points", 1}}), "");
    const std::string missing = "access.permission_missing";
    EXPECT_EQ(refusal(acme, Operation::update, {{"acme_points", 2}, {"name", "Eve"}}), missing);
    EXPECT_EQ(refusal(acme, Operation::update, {}), missing);
    EXPECT_EQ(refusal(acme, Operation::create, {{"acme_points", 2}}), missing);
    EXPECT_EQ(refusal(acme, Operation::remove, {}), missing);
    CallContext other = acme;
    other.principal.plugin = std::make_shared<PluginGrants>("com.vendor.other", std::vector<std::string>{});
    EXPECT_EQ(refusal(other, Operation::update, {{"acme_points", 3}}), missing) << "it is not its field";
}

} // namespace
} // namespace mortise::host
