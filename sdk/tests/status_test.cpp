#include <mortise/status.hpp>

#include <gtest/gtest.h>

namespace mortise {
namespace {

TEST(Status, CarriesAnErrorThereAndBack)
{
    mortise_error wire = new_error();
    const Error error{ErrorCode::conflict, "somebody was faster", "records.conflict", "email", {}};
    EXPECT_EQ(report(&wire, error), MORTISE_E_CONFLICT);
    EXPECT_EQ(to_error(MORTISE_E_CONFLICT, wire), error);
}

TEST(Status, MayHaveNoErrorToWriteTo)
{
    EXPECT_EQ(report(nullptr, ErrorCode::denied, "k", "w", "m"), MORTISE_E_DENIED);
}

TEST(Status, WritesOnlyWhatTheCallerHasRoomFor)
{
    for (std::uint32_t size = 0; size <= sizeof(mortise_error); ++size) {
        struct {
            mortise_error error;
            char behind[8];
        } memory{};
        std::memset(static_cast<void*>(&memory), 0x55, sizeof memory);
        memory.error.size = size;
        report(
            &memory.error, ErrorCode::io, std::string(100, 'k'), std::string(200, 'w'), std::string(500, 'm')
        );
        const auto* bytes = reinterpret_cast<const unsigned char*>(&memory);
        for (std::size_t i = std::max<std::size_t>(size, 4); i < sizeof memory; ++i)
            ASSERT_EQ(bytes[i], 0x55) << "size " << size << " byte " << i;
    }
}

TEST(Status, CutsTextBetweenCharacters)
{
    mortise_error wire = new_error();
    report(&wire, ErrorCode::invalid, "k", "w", std::string(310, 'x') + "\xE6\x97\xA5");
    EXPECT_EQ(to_error(MORTISE_E_INVALID, wire).message, std::string(310, 'x'));
    report(&wire, ErrorCode::invalid, "k", "w", std::string(308, 'x') + "\xE6\x97\xA5");
    EXPECT_EQ(to_error(MORTISE_E_INVALID, wire).message, std::string(308, 'x') + "\xE6\x97\xA5");
}

TEST(Status, ReadsTextThatDoesNotEnd)
{
    mortise_error wire = new_error();
    std::memset(wire.key, 'k', sizeof wire.key);
    EXPECT_EQ(to_error(MORTISE_E_IO, wire).key.size(), sizeof wire.key);
}

TEST(Status, TakesUnknownCodesForInternal)
{
    EXPECT_EQ(error_code(-1000), ErrorCode::internal);
    EXPECT_EQ(error_code(0), ErrorCode::internal);
    EXPECT_EQ(error_code(5), ErrorCode::internal);
    for (mortise_status status = MORTISE_E_INVALID; status >= MORTISE_E_INTERNAL; --status) {
        EXPECT_EQ(to_status(error_code(status)), status);
        EXPECT_FALSE(name(error_code(status)).empty());
    }
}

} // namespace
} // namespace mortise
