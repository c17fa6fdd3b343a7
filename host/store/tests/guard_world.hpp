#pragma once

/// \file
/// The fixture of tests about the guard: a house, and a way to ask it.

#include "store/tests/guard_house.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mortise::host::test {

class GuardTest : public testing::Test {
protected:
    GuardTest()
    {
        must(m_database->writer().execute(guarded_schema));
        must(m_database->writer().execute(guarded_rows));
    }

    std::string
    ask(std::string_view sql, const NamedParameters& named = {}, const std::vector<Value>& positional = {})
    {
        return answer(m_pool, m_views, sql, named, positional);
    }
    /// What `sql` gives when the rules are `rules`.
    std::string ask_with(const GuardRules& rules, std::string_view sql, const NamedParameters& named = {})
    {
        GuardedPool pool{*m_database, rules};
        return answer(pool, m_views, sql, named);
    }

    TempFolder m_folder;
    std::unique_ptr<Database> m_database{make_database(m_folder / "a.db", {.readers = 1})};
    GuardedPool m_pool{*m_database};
    ViewSet m_views{guarded_views()};
};

} // namespace mortise::host::test
