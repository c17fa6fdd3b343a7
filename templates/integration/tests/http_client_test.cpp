#include "http_client.hpp"

#include <gtest/gtest.h>

using my_plugin::judge;
using my_plugin::Outcome;

TEST(HttpClient, TriesLaterWhatMayPass)
{
    for (const long status : {0L, 408L, 429L, 500L, 503L})
        EXPECT_EQ(judge({status, {}}), Outcome::try_later) << status;
}

TEST(HttpClient, GivesUpWhatWillNotBeTaken)
{
    for (const long status : {301L, 400L, 401L, 404L, 422L})
        EXPECT_EQ(judge({status, {}}), Outcome::give_up) << status;
}

TEST(HttpClient, IsContentWithAnySuccess)
{
    for (const long status : {200L, 201L, 204L})
        EXPECT_EQ(judge({status, {}}), Outcome::done) << status;
}

TEST(HttpClient, SpeaksNothingButHttp)
{
    const auto response = my_plugin::post({"file:///etc/hostname", "{}", "", "key", 1}, [] { return false; });
    EXPECT_EQ(response.status, 0);
    EXPECT_FALSE(response.problem.empty());
}
