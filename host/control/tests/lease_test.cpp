#include "control/lease.hpp"
#include "control/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

namespace mortise::host {
namespace {

class LeaseOfFolder : public ::testing::Test {
protected:
    TemporaryFolder temporary = *TemporaryFolder::create();
    DataFolder folder{temporary.path()};
};

TEST_F(LeaseOfFolder, IsHeldByOne)
{
    auto first = Lease::take(folder, "/run/x.sock");
    ASSERT_TRUE(first) << first.error().message;
    const auto second = Lease::take(folder, {});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::busy);
    EXPECT_EQ(second.error().key, "lease.held");
    EXPECT_NE(second.error().message.find(std::to_string(::getpid())), std::string::npos);
    EXPECT_NE(second.error().hint.find("/run/x.sock"), std::string::npos);
    const auto holder = Lease::last_holder(folder);
    ASSERT_TRUE(holder);
    EXPECT_EQ(holder->pid, ::getpid());
    EXPECT_EQ(holder->socket, "/run/x.sock");
}

TEST_F(LeaseOfFolder, IsFreeWhenItsHolderLetsGo)
{
    ASSERT_TRUE(Lease::take(folder, {}));
    EXPECT_TRUE(Lease::take(folder, {}));
}

TEST_F(LeaseOfFolder, IsFreeWhenItsHolderWasKilled)
{
    int ready[2]{};
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto held = Lease::take(folder, "/run/x.sock");
        [[maybe_unused]] const auto told = ::write(ready[1], held ? "y" : "n", 1);
        ::pause();
    }
    char taken = 0;
    ASSERT_EQ(::read(ready[0], &taken, 1), 1);
    ASSERT_EQ(taken, 'y');
    EXPECT_FALSE(Lease::take(folder, {}));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(ready[0]);
    ::close(ready[1]);
    EXPECT_TRUE(Lease::take(folder, {}));
}

TEST_F(LeaseOfFolder, SaysNothingOfAFileThatCannotBeRead)
{
    EXPECT_FALSE(Lease::last_holder(folder));
    std::ofstream{folder.lease()} << "{\"pid\": \"x\"}";
    EXPECT_FALSE(Lease::last_holder(folder));
    EXPECT_TRUE(Lease::take(folder, {}));
}

} // namespace
} // namespace mortise::host
