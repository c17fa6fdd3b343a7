#include <mortise/abi/records.h>
#include <mortise/border.hpp>

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace mortise::border {
namespace {

using namespace std::string_view_literals;

mortise_text text_of(std::string_view text)
{
    return {text.data(), text.size()};
}

TEST(Check, RefusesTextThatIsNotText)
{
    const Limits limits{.text_bytes = 10};
    const auto code = [&](mortise_text text) {
        Check check{limits};
        return check.text(text, "name") ? 0 : to_status(check.fault().code);
    };
    EXPECT_EQ(code(text_of("name")), 0);
    EXPECT_EQ(code({nullptr, 0}), 0);
    EXPECT_EQ(code({nullptr, 1}), MORTISE_E_NULL);
    EXPECT_EQ(code(text_of("12345678901")), MORTISE_E_LIMIT);
    EXPECT_EQ(code(text_of("a\0b"sv)), MORTISE_E_INVALID);
    EXPECT_EQ(code(text_of("\xFF")), MORTISE_E_INVALID);
}

TEST(Check, RefusesValuesThatAreBrokenOrTooLarge)
{
    const ValueBlock block = *encode(std::string(200, 'x'));
    const auto code = [](mortise_tree tree, const Limits& limits) {
        Check check{limits};
        return check.value(tree, "v") ? 0 : to_status(check.fault().code);
    };
    EXPECT_EQ(code(block.tree(), {}), 0);
    EXPECT_EQ(code(block.tree(), {.value_bytes = 100}), MORTISE_E_LIMIT);
    EXPECT_EQ(code({nullptr, 0}, {}), MORTISE_E_NULL);
    EXPECT_EQ(code({nullptr, 16}, {}), MORTISE_E_NULL);
    EXPECT_EQ(code({block.tree().root, 16}, {}), MORTISE_E_INVALID);
    Check check{Limits{}};
    EXPECT_TRUE(check.optional_value({nullptr, 0}, "v"));
    EXPECT_FALSE(check.optional_value({nullptr, 8}, "v"));
}

TEST(Check, RefusesStructsOfImpossibleSize)
{
    const Limits limits;
    Check check{limits};
    mortise_operation operation{};
    operation.size = sizeof operation;
    EXPECT_TRUE(check.structure(&operation, MORTISE_OPERATION_MIN_SIZE, "o"));
    for (const std::uint32_t wrong : {0U, 8U, 55U, 57U, 5000U, 0xFFFFFFFFU}) {
        operation.size = wrong;
        EXPECT_FALSE(check.structure(&operation, MORTISE_OPERATION_MIN_SIZE, "o")) << wrong;
    }
    EXPECT_FALSE(check.structure(nullptr, 8, "o"));
    EXPECT_FALSE(check.span(nullptr, 1, "o"));
    EXPECT_FALSE(check.span(&operation, 10'001, "o"));
}

/// A release before ours, and one after it.
struct OlderOperation {
    std::uint32_t size, kind;
    mortise_text type;
    std::uint64_t id;
};
struct NewerOperation {
    mortise_operation known;
    std::uint64_t more[2];
};

TEST(Items, StepsBySizesOfOtherReleases)
{
    std::array<OlderOperation, 3> older{};
    std::array<NewerOperation, 3> newer{};
    for (std::size_t i = 0; i < 3; ++i) {
        older[i] = {sizeof(OlderOperation), 1, text_of("t"), 10 + i};
        newer[i].known.size = sizeof(NewerOperation);
        newer[i].known.id = 20 + i;
        newer[i].known.version = 30 + i;
        newer[i].more[0] = 999;
    }
    // What crosses a border was written by other code; here the compiler must not see through the cast.
    asm volatile("" : : "r"(older.data()), "r"(newer.data()) : "memory");
    const Items<mortise_operation> from_older{reinterpret_cast<const mortise_operation*>(older.data()), 3};
    EXPECT_EQ(from_older[2].id, 12U);
    EXPECT_EQ(from_older[2].version, 0U) << "what the writer does not know is zero";
    EXPECT_EQ(from_older[2].values.root, nullptr);
    EXPECT_EQ(from_older[2].size, sizeof(mortise_operation));
    const Items<mortise_operation> from_newer{&newer[0].known, 3};
    std::uint64_t sum = 0;
    for (const mortise_operation& operation : from_newer)
        sum += operation.id + operation.version;
    EXPECT_EQ(sum, 20U + 21 + 22 + 30 + 31 + 32);
}

TEST(CheckedSink, LetsOnlySoundValuesThrough)
{
    int taken = 0;
    const mortise_sink target{&taken, [](void* context, mortise_tree) noexcept -> mortise_status {
                                  ++*static_cast<int*>(context);
                                  return MORTISE_OK;
                              }};
    const Limits limits;
    CheckedSink checked{target, limits};
    const mortise_sink given = checked.sink();
    const ValueBlock good = *encode("text");
    EXPECT_EQ(given.write(given.context, good.tree()), MORTISE_OK);
    EXPECT_TRUE(checked.ok());
    EXPECT_EQ(given.write(given.context, {good.tree().root, 16}), MORTISE_E_INVALID);
    EXPECT_EQ(given.write(given.context, {nullptr, 0}), MORTISE_E_NULL);
    EXPECT_FALSE(checked.ok());
    EXPECT_EQ(taken, 1);
}

TEST(Believed, TakesNoHostsWordFromAPlugin)
{
    EXPECT_EQ(believed(MORTISE_OK), MORTISE_OK);
    EXPECT_EQ(believed(17), MORTISE_OK);
    EXPECT_EQ(believed(MORTISE_E_REFUSED), MORTISE_E_REFUSED);
    EXPECT_EQ(believed(MORTISE_E_EXCEPTION), MORTISE_E_EXCEPTION);
    const mortise_status forged_ones[]
        = {MORTISE_E_THREAD,
           MORTISE_E_REVOKED,
           MORTISE_E_TIMEOUT,
           MORTISE_E_CRASHED,
           MORTISE_E_DEADLOCK,
           -24,
           -100000};
    for (const mortise_status forged : forged_ones)
        EXPECT_EQ(believed(forged), MORTISE_E_INVALID) << forged;
}

} // namespace
} // namespace mortise::border
