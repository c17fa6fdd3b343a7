#include "report.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

namespace mortise::check {

namespace {

std::string padded(std::string text, std::size_t width)
{
    if (text.size() < width) text.resize(width, ' ');
    return text;
}

std::string indented(const std::string& text)
{
    std::string out;
    for (const char c : text) {
        out += c;
        if (c == '\n') out += "      ";
    }
    return out;
}

std::vector<std::string> groups_of(const std::vector<Outcome>& outcomes)
{
    std::vector<std::string> groups;
    for (const Outcome& outcome : outcomes)
        if (std::ranges::find(groups, outcome.check.group()) == groups.end())
            groups.emplace_back(outcome.check.group());
    return groups;
}

} // namespace

int Score::percent() const noexcept
{
    const std::size_t all = passed + warned + failed;
    return all == 0 ? 100 : static_cast<int>((passed * 100 + warned * 50) / all);
}

Score score_of(const std::vector<Outcome>& outcomes, std::string_view group)
{
    Score score;
    for (const Outcome& outcome : outcomes) {
        if (!group.empty() && outcome.check.group() != group) continue;
        switch (outcome.finding.verdict) {
        case Verdict::pass:
            ++score.passed;
            break;
        case Verdict::skip:
            ++score.skipped;
            break;
        case Verdict::warn:
            ++score.warned;
            break;
        case Verdict::fail:
            ++score.failed;
            if (!outcome.finding.is_tried) ++score.not_tried;
            break;
        }
    }
    return score;
}

/// "docs/reference/interfaces/plugin.md#destroy" -> "mortise-sdk docs interfaces/plugin"
std::string command_for(std::string_view page)
{
    std::string_view name = page.substr(0, page.rfind(".md"));
    constexpr std::string_view docs = "docs/";
    constexpr std::string_view reference = "docs/reference/";
    if (name.starts_with("docs/reference/interfaces/"))
        name.remove_prefix(reference.size());
    else if (name.starts_with(docs))
        name.remove_prefix(docs.size());
    return "mortise-sdk docs " + std::string{name};
}

std::string line_of(const Outcome& outcome)
{
    const Finding& finding = outcome.finding;
    std::string line
        = padded(std::string{name_of(finding.verdict)}, 5) + padded(std::string{outcome.check.id}, 32);
    if (finding.verdict == Verdict::pass || finding.verdict == Verdict::skip)
        return line
            + (finding.text.empty() ? std::string{outcome.check.sentence}
                                    : finding.text.substr(0, finding.text.find('\n')));
    line += std::string{outcome.check.sentence};
    line += "\n      what it did: " + indented(finding.text);
    line += "\n      written in: " + std::string{outcome.check.page} + " (" + command_for(outcome.check.page)
        + ')';
    return line;
}

std::string not_tried(const std::vector<Outcome>& outcomes)
{
    constexpr std::size_t most_named = 3;
    std::vector<std::string> reasons;
    for (const Outcome& outcome : outcomes)
        if (!outcome.finding.is_tried && std::ranges::find(reasons, outcome.finding.text) == reasons.end())
            reasons.push_back(outcome.finding.text);
    std::string text;
    for (const std::string& reason : reasons) {
        std::size_t count = 0;
        std::string names;
        for (const Outcome& outcome : outcomes) {
            if (outcome.finding.is_tried || outcome.finding.text != reason) continue;
            if (++count <= most_named) names += (count == 1 ? "" : ", ") + std::string{outcome.check.id};
        }
        if (count > most_named) names += " and " + std::to_string(count - most_named) + " more";
        text += padded(std::string{name_of(Verdict::fail)}, 5) + indented(reason);
        text += "\n      so "
            + std::string{count == 1 ? "one check was" : std::to_string(count) + " checks were"}
            + " not tried: " + names + '\n';
    }
    return text;
}

std::string score_card(
    const Target& target, const std::vector<Outcome>& outcomes, const std::vector<Compatibility>& releases
)
{
    std::string text = target.manifest().id + ' ' + target.manifest().version.text() + '\n';
    const auto row = [&text](const std::string& name, const Score& score) {
        text += "  " + padded(name, 14) + padded(std::to_string(score.percent()) + " %", 7)
            + std::to_string(score.passed) + " passed";
        if (score.failed > score.not_tried)
            text += ", " + std::to_string(score.failed - score.not_tried) + " failed";
        if (score.not_tried > 0) text += ", " + std::to_string(score.not_tried) + " not tried";
        if (score.warned > 0) text += ", " + std::to_string(score.warned) + " warned";
        if (score.skipped > 0) text += ", " + std::to_string(score.skipped) + " do not concern it";
        text += '\n';
    };
    for (const std::string& group : groups_of(outcomes))
        row(group, score_of(outcomes, group));
    row("all", score_of(outcomes));
    const std::string seed = std::to_string(target.seed);
    text += "  seed " + seed + "; what chance did comes again with --reproduce " + seed + '\n';
    for (const Compatibility& release : releases) {
        text += "  host " + release.release + (release.runs ? ": runs" : ": does not run");
        for (const std::string& reason : release.reasons)
            text += "; " + reason;
        text += '\n';
    }
    return text;
}

boost::json::object json_of(
    const Target& target, const std::vector<Outcome>& outcomes, const std::vector<Compatibility>& releases
)
{
    namespace json = boost::json;
    json::array checks;
    for (const Outcome& outcome : outcomes)
        checks.push_back(json::object{
            {"id", outcome.check.id},
            {"sentence", outcome.check.sentence},
            {"page", outcome.check.page},
            {"verdict", name_of(outcome.finding.verdict)},
            {"text", outcome.finding.text},
            {"tried", outcome.finding.is_tried},
            {"ms", outcome.took.count()},
        });
    json::object groups;
    for (const std::string& group : groups_of(outcomes))
        groups[group] = score_of(outcomes, group).percent();
    json::array hosts;
    for (const Compatibility& release : releases) {
        json::array reasons;
        for (const std::string& reason : release.reasons)
            reasons.emplace_back(reason);
        hosts.push_back(json::object{
            {"release", release.release}, {"runs", release.runs}, {"reasons", std::move(reasons)}
        });
    }
    const Score score = score_of(outcomes);
    return {
        {"id", target.manifest().id},
        {"version", target.manifest().version.text()},
        {"seed", target.seed},
        {"score", score.percent()},
        {"passed", score.passed},
        {"failed", score.failed},
        {"not_tried", score.not_tried},
        {"warned", score.warned},
        {"skipped", score.skipped},
        {"groups", std::move(groups)},
        {"hosts", std::move(hosts)},
        {"checks", std::move(checks)},
    };
}

} // namespace mortise::check
