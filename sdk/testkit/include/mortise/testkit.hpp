#pragma once

/// \file
/// The test kit: a whole host in memory with your plugin in it. Include this, make a `mortise::testkit::Kit`,
/// and say what happens. For GoogleTest (`EXPECT_TRUE(kit.call(...))` prints why) and any other framework; it
/// needs none. Link `mortise::testkit`.

#include <mortise/testkit/expect.hpp>
#include <mortise/testkit/kit.hpp>
#include <mortise/testkit/outcome.hpp>
#include <mortise/testkit/print.hpp>
#include <mortise/testkit/seen.hpp>
