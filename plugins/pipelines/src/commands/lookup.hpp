#pragma once

/// \file
/// Finds the records that a command's arguments mean, or fails with words for whoever called.

#include "rules/pipeline_book.hpp"

#include <mortise/command.hpp>

#include <string_view>

namespace mortise::plugins::pipelines {

/// A record meant by id or by the value of `by`, such as its name. `where` is the argument, for errors.
/// Throws Failure: not_found; conflict if several have that name.
Id find_record(
    const Host& host, std::string_view type, std::string_view by, ValueView meant, std::string_view where
);
/// The same for an argument that may be left out: 0 then.
Id find_optional(
    const Host& host, std::string_view type, std::string_view by, ValueView meant, std::string_view where
);

/// The pipeline that is meant, or the default one if none is. Throws Failure.
Pipeline find_pipeline(const PipelineBook& book, const Host& host, ValueView meant);
/// A stage meant by id, by key, or by its name within the pipeline. Throws Failure.
Stage find_stage(const PipelineBook& book, const Host& host, Id pipeline, ValueView meant);

/// A day that an argument names, if it is given. Throws Failure: invalid.
std::optional<Date> day_argument(const Arguments& arguments, std::string_view name);

} // namespace mortise::plugins::pipelines
