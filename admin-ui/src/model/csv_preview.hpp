#pragma once

/// \file
/// The first rows of a CSV file, to show how its columns become fields. The host reads the whole of it, its
/// own way.

#include "model/types.hpp"

#include <map>

namespace mortise::ui {

struct CsvPreview {
    char separator{','};
    std::vector<std::string> header{};
    std::vector<std::vector<std::string>> rows{};

    /// A value of the column that is not empty, from the first rows.
    std::string sample(std::size_t column) const;
};

/// Reads header and at most `most` rows; the separator is the one that the header has most of.
CsvPreview preview_csv(std::string_view text, std::size_t most);
/// Which field each column means by its name; empty: none.
std::vector<std::string> guess_fields(const std::vector<std::string>& header, const TypeInfo& type);

} // namespace mortise::ui
