#include "matching/model/model.hpp"

namespace mortise::host::matching {

namespace {

/// Levels in their order without `missing`: exact, variant, near, similar, weak, different.
using Six = std::array<double, 6>;

void set(Odds& odds, Aspect aspect, const Six& m, const Six& u)
{
    auto& ms = odds.m[static_cast<std::size_t>(aspect)];
    auto& us = odds.u[static_cast<std::size_t>(aspect)];
    ms[0] = us[0] = 1;
    for (std::size_t i = 0; i < m.size(); ++i) {
        ms[i + 1] = m[i];
        us[i + 1] = u[i];
    }
}

/// What persons and organisations have in common.
void set_common(Odds& odds)
{
    set(odds, Aspect::email, {.75, .02, .06, .05, .01, .11}, {2e-7, 1e-6, 1e-6, 2e-5, 1e-4, .9999});
    set(odds, Aspect::phone, {.65, .08, .05, .01, .01, .20}, {2e-7, 1e-6, 1e-5, 1e-3, 1e-3, .998});
    set(odds, Aspect::house_number, {.80, .04, .06, .005, .005, .09}, {.02, .01, .08, .1, .1, .69});
    set(odds, Aspect::street, {.72, .07, .08, .04, .005, .085}, {2e-4, 4e-4, 2e-4, .004, .01, .985});
    set(odds, Aspect::second_line, {.70, .01, .11, .06, .01, .11}, {1e-4, 1e-4, 2e-4, .003, .01, .987});
    set(odds, Aspect::city, {.80, .01, .07, .04, .005, .075}, {.004, .002, .001, .005, .01, .978});
    set(odds, Aspect::postcode, {.83, .01, .07, .02, .005, .065}, {.002, .001, .01, .06, .1, .827});
    set(odds, Aspect::region, {.92, .01, .02, .005, .005, .04}, {.2, .05, .05, .05, .05, .6});
    set(odds, Aspect::country, {.985, .001, .001, .001, .001, .011}, {.4, .05, .05, .05, .05, .4});
}

} // namespace

Odds usual_person_odds()
{
    Odds odds;
    set_common(odds);
    set(odds, Aspect::given_name, {.73, .07, .08, .04, .005, .075}, {.004, .005, .002, .01, .05, .929});
    set(odds, Aspect::family_name, {.80, .02, .09, .03, .005, .055}, {.0015, .0006, .0008, .004, .05, .943});
    set(odds, Aspect::organisation_name, {.9, .02, .02, .02, .02, .02}, {.1, .1, .1, .1, .1, .5});
    set(odds, Aspect::birthday, {.84, .04, .05, .03, .005, .035}, {4e-5, 2e-4, 1e-3, .006, .05, .94});
    set(odds, Aspect::domain, {.60, .05, .03, .005, .005, .31}, {2e-3, 1e-3, 1e-3, .05, .05, .896});
    set(odds, Aspect::legal_form, {.9, .02, .02, .02, .02, .02}, {.9, .02, .02, .02, .02, .02});
    set(odds, Aspect::employer, {.70, .01, .01, .01, .01, .26}, {.002, .01, .01, .01, .01, .958});
    return odds;
}

Odds usual_organisation_odds()
{
    Odds odds;
    set_common(odds);
    set(odds, Aspect::organisation_name, {.55, .14, .13, .09, .04, .05}, {1e-5, 1e-5, 4e-5, 4e-4, 4e-3, .995}
    );
    set(odds, Aspect::domain, {.75, .06, .04, .005, .005, .14}, {1e-5, 5e-5, 4e-4, .01, .01, .98});
    set(odds, Aspect::legal_form, {.88, .02, .02, .02, .02, .04}, {.35, .05, .05, .05, .05, .45});
    set(odds, Aspect::given_name, {.9, .02, .02, .02, .02, .02}, {.9, .02, .02, .02, .02, .02});
    set(odds, Aspect::family_name, {.9, .02, .02, .02, .02, .02}, {.9, .02, .02, .02, .02, .02});
    set(odds, Aspect::birthday, {.9, .02, .02, .02, .02, .02}, {.9, .02, .02, .02, .02, .02});
    set(odds, Aspect::employer, {.9, .02, .02, .02, .02, .02}, {.9, .02, .02, .02, .02, .02});
    // Organisations have several places.
    set(odds, Aspect::house_number, {.72, .05, .05, .005, .005, .17}, {.02, .01, .08, .1, .1, .69});
    set(odds, Aspect::street, {.62, .08, .07, .06, .005, .165}, {2e-4, 4e-4, 2e-4, .004, .01, .985});
    // A second line (a floor, a district, a kind) often tells little.
    set(odds, Aspect::second_line, {.55, .03, .08, .06, .02, .26}, {1e-3, 1e-3, 1e-3, .01, .01, .977});
    return odds;
}

} // namespace mortise::host::matching
