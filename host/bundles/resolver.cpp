#include "bundles/resolver.hpp"

#include "base/json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <optional>
#include <set>

namespace mortise::host {

namespace {

/// So many versions may be tried before it is given up: real installations need some dozens.
constexpr std::size_t most_tries = 200'000;
constexpr std::size_t most_reasons = 6;

std::string name_of(const PluginOffer& offer)
{
    return offer.id + ' ' + offer.version.text();
}

std::string wanted(const PluginWish& wish)
{
    return wish.by + " needs " + wish.id + ' ' + wish.range.text();
}

Error unresolved(std::string message, std::string where, std::string hint)
{
    return {
        .code = ErrorCode::unsupported,
        .message = std::move(message),
        .key = "bundles.unresolved",
        .where = std::move(where),
        .hint = std::move(hint),
    };
}

/// Tries versions in the order of preference, and goes back where it comes to an end.
class Chooser {
public:
    Chooser(const ResolverInput& input, std::vector<PluginWish> wishes)
        : m_input{input},
          m_wishes{std::move(wishes)}
    {
    }

    Result<Selection> run()
    {
        if (!extend()) return failure();
        return in_order();
    }

private:
    std::vector<PluginWish> wishes_for(std::string_view id) const
    {
        std::vector<PluginWish> found;
        for (const PluginWish& wish : m_wishes)
            if (wish.id == id) found.push_back(wish);
        return found;
    }

    std::optional<std::string> next_open() const
    {
        for (const PluginWish& wish : m_wishes)
            if (!m_chosen.contains(wish.id)) return wish.id;
        return std::nullopt;
    }

    /// Those that could be taken: the one that runs first, then as they were given.
    std::vector<const PluginOffer*> offers_of(const std::string& id) const
    {
        std::vector<const PluginOffer*> offers;
        if (const auto found = m_input.offers.find(id); found != m_input.offers.end())
            for (const PluginOffer& offer : found->second)
                offers.push_back(&offer);
        std::ranges::stable_partition(offers, [](const PluginOffer* offer) { return offer->runs; });
        return offers;
    }

    bool extend()
    {
        const auto open = next_open();
        if (!open) return fits_what_runs();
        const auto wishes = wishes_for(*open);
        bool is_any_fit = false;
        for (const PluginOffer* offer : offers_of(*open)) {
            if (++m_tries > most_tries) return false;
            if (!offer->unfit.empty() || !takes(wishes, *offer)) continue;
            is_any_fit = true;
            if (!agrees_with_chosen(*offer)) continue;
            const std::size_t before = m_wishes.size();
            m_chosen.emplace(*open, offer);
            for (const auto& [needed, range] : offer->needs)
                m_wishes.push_back({needed, range, name_of(*offer)});
            if (extend()) return true;
            m_wishes.resize(before);
            m_chosen.erase(*open);
        }
        if (!is_any_fit) note(reason_for(*open, wishes), *open);
        return false;
    }

    static bool takes(const std::vector<PluginWish>& wishes, const PluginOffer& offer)
    {
        return std::ranges::all_of(wishes, [&](const PluginWish& wish) {
            return wish.range.contains(offer.version);
        });
    }

    /// What is chosen already must be what this one needs.
    bool agrees_with_chosen(const PluginOffer& offer)
    {
        for (const auto& [needed, range] : offer.needs) {
            const auto found = m_chosen.find(needed);
            if (found == m_chosen.end() || range.contains(found->second->version)) continue;
            std::string message = name_of(offer) + " needs " + needed + ' ' + range.text();
            for (const PluginWish& wish : wishes_for(needed))
                message += ", and " + wanted(wish);
            note(message + ": " + name_of(*found->second) + " is not both", needed);
            return false;
        }
        return true;
    }

    /// What runs and is not of the bundle goes on running.
    bool fits_what_runs()
    {
        for (const auto& [id, offers] : m_input.offers) {
            if (m_chosen.contains(id)) continue;
            for (const PluginOffer& offer : offers) {
                if (!offer.runs) continue;
                for (const auto& [needed, range] : offer.needs) {
                    const auto found = m_chosen.find(needed);
                    if (found == m_chosen.end() || range.contains(found->second->version)) continue;
                    note(
                        name_of(offer) + ", which runs, needs " + needed + ' ' + range.text()
                            + ", and the bundle would bring " + name_of(*found->second),
                        needed
                    );
                    return false;
                }
            }
        }
        return true;
    }

    std::string reason_for(const std::string& id, const std::vector<PluginWish>& wishes) const
    {
        std::string message;
        for (const PluginWish& wish : wishes)
            message += (message.empty() ? "" : ", and ") + wanted(wish);
        const auto offers = offers_of(id);
        if (offers.empty()) return message + ", which is neither on disk nor in a catalog";
        message += "; there is ";
        for (std::size_t i = 0; i < offers.size(); ++i) {
            const PluginOffer& offer = *offers[i];
            message += (i == 0 ? "" : ", ") + offer.version.text() + ' ' + offer.from;
            if (!offer.unfit.empty()) message += " (which cannot run here: " + offer.unfit + ')';
        }
        return message;
    }

    void note(std::string reason, const std::string& about)
    {
        if (std::ranges::find(m_reasons, reason) != m_reasons.end()) return;
        if (m_reasons.size() < most_reasons) m_reasons.push_back(std::move(reason));
        if (m_about.empty()) m_about = about;
    }

    Error failure() const
    {
        if (m_tries > most_tries)
            return unresolved(
                "no versions that fit together were found among " + std::to_string(most_tries) + " tries",
                m_about,
                "name narrower ranges in the bundle"
            );
        std::string message;
        boost::json::array details;
        for (const std::string& reason : m_reasons) {
            message += (message.empty() ? "" : "; or ") + reason;
            details.emplace_back(reason);
        }
        Error error = unresolved(
            message,
            m_about,
            "install a version of " + m_about + " that fits, add a catalog that has it, or change the ranges"
        );
        error.details = to_json(boost::json::value(std::move(details)));
        return error;
    }

    Result<Selection> in_order() const
    {
        Selection selection;
        std::set<std::string> done;
        for (const auto& [id, offer] : m_chosen)
            if (auto error = visit(id, {}, done, selection)) return *std::move(error);
        return selection;
    }

    /// Depth first along what is needed; `path` is how we came here.
    std::optional<Error> visit(
        const std::string& id,
        std::vector<std::string> path,
        std::set<std::string>& done,
        Selection& selection
    ) const
    {
        if (done.contains(id)) return std::nullopt;
        if (const auto seen = std::ranges::find(path, id); seen != path.end()) {
            std::string circle;
            for (auto at = seen; at != path.end(); ++at)
                circle += *at + " -> ";
            return unresolved(
                "requirements form a circle: " + circle + id, id, "ask the vendor of one of them"
            );
        }
        path.push_back(id);
        const PluginOffer* offer = m_chosen.at(id);
        for (const auto& [needed, range] : offer->needs)
            if (auto error = visit(needed, path, done, selection)) return error;
        done.insert(id);
        selection.order.push_back({offer, wishes_for(id)});
        return std::nullopt;
    }

    const ResolverInput& m_input;
    std::vector<PluginWish> m_wishes; // grows by what is chosen
    std::map<std::string, const PluginOffer*> m_chosen;
    std::vector<std::string> m_reasons;
    std::string m_about;
    std::size_t m_tries{0};
};

bool provides(const PluginOffer& offer, const std::string& command)
{
    return std::ranges::find(offer.commands, command) != offer.commands.end();
}

/// The plugin that is to provide a command: one that runs, or the only one that has it.
Result<std::string> provider_of(const ResolverInput& input, const std::string& command)
{
    std::vector<std::string> providers;
    for (const auto& [id, offers] : input.offers) {
        const auto found = std::ranges::find_if(offers, [&](const PluginOffer& offer) {
            return offer.unfit.empty() && provides(offer, command);
        });
        if (found == offers.end()) continue;
        if (std::ranges::any_of(offers, [&](const PluginOffer& offer) {
                return offer.runs && provides(offer, command);
            }))
            return id;
        providers.push_back(id);
    }
    if (providers.size() == 1) return providers.front();
    if (providers.empty())
        return unresolved(
            "the bundle needs the command " + command + ", which no plugin that is here provides",
            command,
            "install a plugin that does"
        );
    std::string list;
    for (const std::string& id : providers)
        list += (list.empty() ? "" : ", ") + id;
    return unresolved(
        "the bundle needs the command " + command + ", which several plugins provide: " + list,
        command,
        "name one of them under \"plugins\""
    );
}

} // namespace

Result<Selection> choose_plugins(const ResolverInput& input)
{
    std::vector<PluginWish> wishes = input.wishes;
    while (true) {
        MORTISE_TRY(Selection selection, Chooser(input, wishes).run());
        const auto missing = std::ranges::find_if(input.commands, [&](const std::string& command) {
            return std::ranges::none_of(selection.order, [&](const Choice& choice) {
                return provides(*choice.offer, command);
            });
        });
        if (missing == input.commands.end()) return selection;
        MORTISE_TRY(std::string provider, provider_of(input, *missing));
        const std::string by = "the command " + *missing + " that the bundle needs";
        const auto is_wished = [&](const PluginWish& wish) { return wish.id == provider && wish.by == by; };
        if (std::ranges::any_of(wishes, is_wished))
            return unresolved(
                "the bundle needs the command " + *missing + ", and the version of " + provider
                    + " that fits does not provide it",
                *missing,
                "change the range of " + provider + " in the bundle"
            );
        wishes.push_back({std::move(provider), {}, by});
    }
}

} // namespace mortise::host
