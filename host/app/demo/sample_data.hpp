#pragma once

/// \file
/// Customers that do not exist, for trying things out: organisations, people and deals, made from small lists
/// of words. The same every time but for the dates, which are counted back from a given day.

#include <mortise/value.hpp>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace mortise::host {

/// Used by one thread at a time. Each function gives JSON Lines, one record a line.
class SampleData {
public:
    explicit SampleData(Date today);

    std::string organisations() const;
    std::string people() const;
    std::string products() const;
    std::string agents() const;
    std::string opportunities() const;

    std::size_t organisation_count() const noexcept { return m_organisations.size(); }
    std::size_t person_count() const noexcept { return m_people.size(); }
    std::size_t opportunity_count() const noexcept { return m_opportunities.size(); }

private:
    struct Organisation {
        std::string name;
        std::string domain;
        std::string industry;
        std::string country;
        std::string locale;
        std::uint32_t employees{0};
        std::uint32_t revenue{0}; ///< thousands of euros
    };

    struct Person {
        std::string given_name;
        std::string family_name;
        std::string email;
        std::string job_title;
        std::size_t organisation{0};
        std::string lifecycle;
    };

    struct Opportunity {
        std::size_t organisation{0};
        std::size_t person{0}; ///< who it is talked about with, one of the organisation's
        std::size_t product{0};
        std::size_t agent{0};
        std::string stage;
        std::int64_t engaged_days_ago{0};
        std::int64_t closed_days_ago{-1}; ///< -1: open
        std::uint32_t amount{0}; ///< euros
    };

    void make_organisations();
    void make_people();
    void make_opportunities();
    void choose_people();
    void employ(Person& person, std::size_t organisation) const;
    /// A number below `end`; the same on every machine.
    std::size_t below(std::size_t end);

    std::mt19937 m_random{20260101};
    Date m_today;
    std::vector<Organisation> m_organisations;
    std::vector<Person> m_people;
    std::vector<Opportunity> m_opportunities;
};

} // namespace mortise::host
