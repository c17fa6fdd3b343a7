#pragma once

/// \file
/// Sets of persons and organisations that are in them several times with errors, made by rule from a seed:
/// what the parameters are tried on beside the public sets, so that they do not fit those alone.

#include "matching/profile.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace mortise::host::matching {

/// A row of a set: records with the same `entity` are the same contact.
struct DirtyRecord {
    std::int64_t entity{0};
    ContactFacts facts;
};

struct PersonErrors {
    std::size_t originals{1000};
    std::size_t most_duplicates{1}; ///< of one original
    std::size_t most_errors{4}; ///< of one record
    std::size_t most_errors_of_field{2};
    double missing{0.05}; ///< share of values that are not there
    bool contact_points{false}; ///< with e-mail addresses and phones, as a customer base has
    double relatives{0.0}; ///< share of originals that live with another one and have its name
};

std::vector<DirtyRecord> dirty_persons(const PersonErrors& errors, std::uint64_t seed);

struct OrganisationErrors {
    std::size_t originals{1000};
    std::size_t most_duplicates{2};
    double missing{0.2};
    double branches{0.1}; ///< share of originals that have the name of another one and other places
    bool contact_points{true};
};

std::vector<DirtyRecord> dirty_organisations(const OrganisationErrors& errors, std::uint64_t seed);

/// Rows of a file of the Febrl generator ("rec-12-dup-0, given, ..."), without the social security number.
std::vector<DirtyRecord> read_febrl(const std::filesystem::path& file);

/// What a set gave.
struct Figures {
    std::size_t records{0};
    std::size_t true_pairs{0};
    double precision{0};
    double recall{0};
    double f1{0};
    double same_precision{0}; ///< of the band `same` alone
    double same_recall{0};
    std::uint64_t compared{0};
    double blocking_recall{0}; ///< true pairs that were compared at all
};

/// Finds the duplicates in a set and compares them with what is true.
Figures figures_of(const std::vector<DirtyRecord>& set);

} // namespace mortise::host::matching
