#include "dirty_sets.hpp"

#include <gtest/gtest.h>

#include <iomanip>
#include <iostream>

namespace mortise::host::matching {

namespace {

Figures told(const char* name, const std::vector<DirtyRecord>& set)
{
    const Figures figures = figures_of(set);
    std::cout << std::fixed << std::setprecision(4) << name << ": " << figures.records << " records, "
              << figures.true_pairs << " pairs; F1 " << figures.f1 << " (precision " << figures.precision
              << ", recall " << figures.recall << "); same: precision " << figures.same_precision
              << ", recall " << figures.same_recall << "; compared " << figures.compared
              << ", of the true pairs " << figures.blocking_recall << '\n';
    return figures;
}

TEST(DuplicateFigures, AreKeptOnPublicPersons)
{
    const std::filesystem::path file{MORTISE_SOURCE_DIR "/../shared/data/duplicates/febrl_dataset1.csv"};
    if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there";
    const Figures figures = told("febrl 1", read_febrl(file));
    EXPECT_EQ(figures.true_pairs, 500U);
    EXPECT_GE(figures.f1, 0.95);
    EXPECT_GE(figures.same_precision, 0.999);
    EXPECT_GE(figures.same_recall, 0.60);
}

struct PersonSet {
    const char* name;
    PersonErrors errors;
    double same_recall{0.6}; ///< the least that is found without a person's look
};

class MadePersons : public testing::TestWithParam<PersonSet> { };

TEST_P(MadePersons, AreFound)
{
    const auto& [name, errors, same_recall] = GetParam();
    for (const std::uint64_t seed : {11U, 12U, 13U}) {
        const Figures figures = told(name, dirty_persons(errors, seed));
        EXPECT_GE(figures.f1, 0.95) << "seed " << seed;
        EXPECT_GE(figures.same_precision, 0.999) << "seed " << seed;
        EXPECT_GE(figures.same_recall, same_recall) << "seed " << seed;
    }
}

INSTANTIATE_TEST_SUITE_P(
    DuplicateFigures,
    MadePersons,
    testing::Values(
        PersonSet{"one_duplicate", {.originals = 1500}},
        PersonSet{"up_to_five_duplicates", {.originals = 2000, .most_duplicates = 5, .most_errors = 5}},
        PersonSet{
            "many_errors",
            {.originals = 1500,
             .most_duplicates = 5,
             .most_errors = 10,
             .most_errors_of_field = 3,
             .missing = 0.08},
            0.5 // most of what is seen needs a look
        },
        PersonSet{"few_duplicates", {.originals = 4000, .most_errors = 3, .relatives = 0.2}},
        PersonSet{
            "customers",
            {.originals = 2000,
             .most_duplicates = 2,
             .most_errors = 3,
             .contact_points = true,
             .relatives = 0.15}
        }
    ),
    [](const auto& set) { return std::string{set.param.name}; }
);

struct OrganisationSet {
    const char* name;
    OrganisationErrors errors;
};

class MadeOrganisations : public testing::TestWithParam<OrganisationSet> { };

TEST_P(MadeOrganisations, AreFound)
{
    const auto& [name, errors] = GetParam();
    for (const std::uint64_t seed : {21U, 22U, 23U}) {
        const Figures figures = told(name, dirty_organisations(errors, seed));
        EXPECT_GE(figures.f1, 0.85) << "seed " << seed;
        EXPECT_GE(figures.same_precision, 0.999) << "seed " << seed;
    }
}

INSTANTIATE_TEST_SUITE_P(
    DuplicateFigures,
    MadeOrganisations,
    testing::Values(
        OrganisationSet{"with_points", {.originals = 1500}},
        OrganisationSet{"names_and_addresses", {.originals = 1500, .contact_points = false}},
        OrganisationSet{"few", {.originals = 200, .most_duplicates = 1}}
    ),
    [](const auto& set) { return std::string{set.param.name}; }
);

} // namespace

} // namespace mortise::host::matching
