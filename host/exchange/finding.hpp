#pragma once

/// \file
/// What a reader has to say about a place in a file while it goes on reading.

#include <mortise/result.hpp>

namespace mortise::host {

enum class Severity {
    notice, ///< worth telling; the data is good
    refused, ///< the row, card or line cannot be used as it stands
};

struct Finding {
    Severity severity{Severity::refused};
    Error error; ///< `where` names row, line and column

    friend bool operator==(const Finding&, const Finding&) = default;
};

} // namespace mortise::host
