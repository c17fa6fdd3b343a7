#include "check.hpp"

namespace mortise::check {

std::string_view name_of(Verdict verdict) noexcept
{
    switch (verdict) {
    case Verdict::pass:
        return "pass";
    case Verdict::skip:
        return "skip";
    case Verdict::warn:
        return "warn";
    case Verdict::fail:
        return "fail";
    }
    return "fail";
}

std::vector<Check> all_checks()
{
    std::vector<Check> all;
    for (const auto group :
         {file_checks(),
          manifest_checks(),
          load_checks(),
          call_checks(),
          command_checks(),
          fault_checks(),
          state_checks(),
          upgrade_checks(),
          view_checks(),
          end_checks(),
          fuzz_checks()})
        all.insert(all.end(), group.begin(), group.end());
    return all;
}

} // namespace mortise::check
