#pragma once

/// \file
/// Which parts of a message are its text, which its HTML, and which are attached: as RFC 8621, section 4.1.4,
/// lays down.

#include "mime/entity.hpp"

#include <vector>

namespace mortise::plugins::email {

struct BodyParts {
    std::vector<const Entity*> text;
    std::vector<const Entity*> html;
    std::vector<const Entity*> attached;
};

BodyParts choose_body_parts(const Entity& message);

} // namespace mortise::plugins::email
