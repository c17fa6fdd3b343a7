#include "base/json_read.hpp"
#include "panels/duplicates_screen.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mortise::ui {
namespace {

boost::json::array ids_json(const std::vector<std::string>& ids)
{
    boost::json::array list;
    for (const std::string& id : ids)
        list.emplace_back(id);
    return list;
}

/// Takes merges back, the last one first; what came of it is told once, though the screen may be gone by
/// then.
void take_merges_back(Console& console, std::vector<std::string> merges, const std::string& what)
{
    if (merges.empty()) return console.desk.toast(Tone::positive, "Undone: " + what);
    const std::string merge = merges.back();
    merges.pop_back();
    console.link
        .call(
            "undo",
            {{"target", merge}, {"kind", "merge"}},
            [&console, merges = std::move(merges), what](const Result<boost::json::value>& answer) {
                if (!answer) return console.desk.tell(answer.error());
                take_merges_back(console, merges, what);
            }
        )
        .detach();
}

std::string why_away(Console& console)
{
    return console.link.state() == LinkState::open ? "" : "the host is away";
}

void add(
    std::vector<Action>& actions,
    std::string title,
    std::string keys,
    Icon icon,
    std::function<void()> run,
    std::string why_not
)
{
    actions.push_back(
        {.id = "duplicates." + title,
         .title = std::move(title),
         .group = "Duplicates",
         .keys = std::move(keys),
         .icon = icon,
         .run = std::move(run),
         .why_not = std::move(why_not)}
    );
}

} // namespace

void DuplicatesScreen::scan(Console& console)
{
    m_calls.push_back(console.link.call(
        "commands.call",
        {{"name", "duplicates.scan"}, {"arguments", boost::json::object{}}},
        [this, &console](const Result<boost::json::value>& answer) {
            m_jobs.refresh();
            if (!answer) return console.desk.tell(answer.error());
            console.desk.toast(
                Tone::info, "Contacts are being compared; you can go on meanwhile", "duplicates"
            );
        }
    ));
}

void DuplicatesScreen::stop_scan(Console& console)
{
    const boost::json::value* job = running_scan();
    if (!job) return;
    console.desk.ask(
        {.title = "Stop comparing?",
         .text = "Pairs that were found so far stay. The next scan begins anew.",
         .action = "Stop the scan",
         .is_dangerous = true,
         .run =
             [this, &console, id = text_at(*job, "id")] {
                 m_calls.push_back(console.link.call(
                     "jobs.cancel",
                     {{"id", id}},
                     [this, &console](const Result<boost::json::value>& answer) {
                         m_jobs.refresh();
                         if (!answer) console.desk.tell(answer.error());
                     }
                 ));
             }}
    );
}

/// To the next pair that was not passed over.
void DuplicatesScreen::skip()
{
    m_editor.close();
    const std::string id = text_at(chosen(), "id");
    if (id.empty()) return;
    m_pairs.set_skipped(id);
    const std::int64_t count = m_pairs.count();
    for (std::int64_t step = 1; step < count; ++step)
        if (const std::int64_t row = (m_grid.cursor() + step) % count; !m_pairs.is_skipped(row))
            return m_grid.set_cursor(row);
    m_grid.set_cursor((m_grid.cursor() + 1) % count);
}

void DuplicatesScreen::dismiss(Console& console, const std::vector<std::string>& ids, const std::string& what)
{
    if (ids.empty()) return;
    m_editor.close();
    m_grid.selection().clear();
    m_pairs.take_out(ids);
    m_calls.push_back(console.link.call(
        "commands.call",
        {{"name", "duplicates.dismiss"}, {"arguments", {{"pairs", ids_json(ids)}}}},
        [this, &console, ids, what](const Result<boost::json::value>& answer) {
            m_changes = -1;
            if (!answer) {
                m_pairs.refresh();
                return console.desk.tell(answer.error());
            }
            console.desk.did(what, [&console, ids, what] {
                console.link
                    .call(
                        "commands.call",
                        {{"name", "duplicates.reopen"}, {"arguments", {{"pairs", ids_json(ids)}}}},
                        [&console, what](const Result<boost::json::value>& back) {
                            if (!back) return console.desk.tell(back.error());
                            console.desk.toast(Tone::positive, "Undone: " + what);
                        }
                    )
                    .detach();
            });
        }
    ));
}

void DuplicatesScreen::dismiss_chosen(Console& console)
{
    const auto& pair = chosen();
    dismiss(
        console,
        {text_at(pair, "id")},
        contact_name(at(pair, "first")) + " and " + contact_name(at(pair, "second")) + " are no duplicates"
    );
}

void DuplicatesScreen::dismiss_marked(Console& console)
{
    const auto ids = marked();
    const auto count = std::ssize(ids);
    dismiss(console, ids, counted(count, "pair is no duplicate", "pairs are no duplicates"));
}

void DuplicatesScreen::reopen(Console& console, const std::vector<std::string>& ids)
{
    if (ids.empty()) return;
    m_grid.selection().clear();
    m_pairs.take_out(ids);
    m_calls.push_back(console.link.call(
        "commands.call",
        {{"name", "duplicates.reopen"}, {"arguments", {{"pairs", ids_json(ids)}}}},
        [this, &console, count = std::ssize(ids)](const Result<boost::json::value>& answer) {
            m_changes = -1;
            if (!answer) {
                m_pairs.refresh();
                return console.desk.tell(answer.error());
            }
            console.desk.toast(
                Tone::positive, counted(count, "pair is", "pairs are") + " in the queue again"
            );
        }
    ));
}

/// The contact that was there first stays, unless somebody says otherwise.
void DuplicatesScreen::begin_merge(Console& console)
{
    const auto& pair = chosen();
    if (pair.is_null()) return;
    const auto& first = at(pair, "first");
    const auto& second = at(pair, "second");
    const bool is_in_order = integer_at(first, "id") <= integer_at(second, "id");
    m_merged_pair = text_at(pair, "id");
    m_editor.open(console, is_in_order ? first : second, is_in_order ? second : first);
}

void DuplicatesScreen::merge(Console& console)
{
    if (!m_editor.can_merge() || m_is_merging) return;
    m_is_merging = true;
    const std::string what
        = contact_name(m_editor.other()) + " merged into " + contact_name(m_editor.survivor());
    m_calls.push_back(console.link.call(
        "commands.call",
        {{"name", "contacts.merge"}, {"arguments", m_editor.arguments()}},
        [this, &console, what, pair = m_merged_pair](const Result<boost::json::value>& answer) {
            m_is_merging = false;
            if (!answer) return console.desk.tell(answer.error());
            m_editor.close();
            m_pairs.take_out({pair});
            m_changes = -1;
            console.desk.did(what, *answer);
        }
    ));
}

void DuplicatesScreen::ask_bulk(Console& console, const std::vector<std::string>& ids)
{
    m_editor.close();
    boost::json::object arguments;
    if (ids.empty())
        arguments["band"] = "same";
    else
        arguments["pairs"] = ids_json(ids);
    std::map<std::string, std::string> names;
    for (std::int64_t row = 0; row < m_pairs.count(); ++row)
        for (const std::string_view side : {"first", "second"}) {
            const auto& contact = at(m_pairs.row(row), side);
            names[text_at(contact, "id")] = contact_name(contact);
        }
    m_calls.push_back(console.link.call(
        "commands.call",
        {{"name", "duplicates.merge"}, {"arguments", arguments}, {"context", {{"dry_run", true}}}},
        [this, &console, arguments, names = std::move(names)](const Result<boost::json::value>& answer) {
            if (!answer) return console.desk.tell(answer.error());
            ask_merges(console, arguments, names, *answer);
        }
    ));
}

void DuplicatesScreen::ask_merges(
    Console& console,
    const boost::json::object& arguments,
    const std::map<std::string, std::string>& names,
    const boost::json::value& preview
)
{
    const auto& merges = array_at(preview, "merges");
    const auto& left = array_at(preview, "left");
    const auto name_all = [&](const boost::json::value& group) {
        std::string text;
        for (const auto& one : array_at(group, "contacts")) {
            const auto known = names.find(text_of(one));
            text += (text.empty() ? "" : " + ")
                + (known == names.end() ? "#" + text_of(one) : known->second + " (" + text_of(one) + ")");
        }
        return text;
    };
    if (merges.empty())
        return console.desk.toast(
            Tone::info,
            left.empty() ? "There is nothing to merge"
                         : "Nothing of it can be merged: " + text_at(left.front(), "reason")
        );
    std::int64_t contacts = 0;
    for (const auto& one : merges)
        contacts += std::ssize(array_at(one, "contacts"));
    std::string text = with_separators(contacts) + " contacts become " + with_separators(std::ssize(merges))
        + ", each the one that was there first:";
    constexpr std::ptrdiff_t most = 6;
    for (std::ptrdiff_t i = 0; i < std::min(std::ssize(merges), most); ++i)
        text += "\n" + name_all(merges[static_cast<std::size_t>(i)]);
    if (std::ssize(merges) > most) text += "\nand " + with_separators(std::ssize(merges) - most) + " more";
    if (!left.empty()) text += "\nLeft as they are: " + with_separators(std::ssize(left)) + ".";
    for (std::ptrdiff_t i = 0; i < std::min(std::ssize(left), most); ++i) {
        const auto& one = left[static_cast<std::size_t>(i)];
        text += "\n" + name_all(one) + ": " + text_at(one, "reason");
    }
    text += "\nCtrl+Z parts all of them again.";
    console.desk.ask(
        {.title = "Merge " + with_separators(contacts) + " contacts?",
         .text = text,
         .action = "Merge " + counted(std::ssize(merges), "group", "groups"),
         .is_dangerous = true,
         .run = [this, &console, arguments] { merge_bulk(console, arguments); }}
    );
}

void DuplicatesScreen::merge_bulk(Console& console, const boost::json::object& arguments)
{
    m_is_merging = true;
    m_grid.selection().clear();
    m_calls.push_back(console.link.call(
        "commands.call",
        {{"name", "duplicates.merge"}, {"arguments", arguments}},
        [this, &console](const Result<boost::json::value>& answer) {
            m_is_merging = false;
            m_changes = -1;
            m_pairs.refresh();
            if (!answer) return console.desk.tell(answer.error());
            std::vector<std::string> merges;
            for (const auto& one : array_at(*answer, "merges"))
                if (!at(one, "merge").is_null()) merges.push_back(text_at(one, "merge"));
            std::string what = counted(std::ssize(merges), "group was", "groups were") + " merged";
            if (const auto left = std::ssize(array_at(*answer, "left")); left > 0)
                what += ", " + with_separators(left) + " left";
            console.desk.did(what, [&console, merges, what] { take_merges_back(console, merges, what); });
        }
    ));
}

std::vector<Action> DuplicatesScreen::actions(Console& console)
{
    std::vector<Action> actions;
    add_decisions(console, actions);
    add_bulk(console, actions);
    add_places(console, actions);
    return actions;
}

void DuplicatesScreen::add_decisions(Console& console, std::vector<Action>& actions)
{
    const std::string no_pair = chosen().is_null() ? "there is no pair" : "";
    const std::string not_open = !no_pair.empty() ? no_pair
        : !is_open()                              ? "it is decided"
                                                  : why_away(console);
    add(
        actions,
        "Merge the two",
        "m",
        Icon::check,
        [this, &console] { m_editor.is_open() ? merge(console) : begin_merge(console); },
        not_open
    );
    add(
        actions, "Not a duplicate", "d", Icon::close, [this, &console] { dismiss_chosen(console); }, not_open
    );
    add(actions, "Skip this pair", "s", Icon::chevron_right, [this] { skip(); }, no_pair);
    for (const bool is_first : {true, false})
        add(
            actions,
            is_first ? "Open the first contact" : "Open the second contact",
            is_first ? "o" : "Shift+O",
            Icon::person,
            [this, &console, is_first] {
                const auto& contact = at(chosen(), is_first ? "first" : "second");
                console.desk.open("record/contact/" + text_at(contact, "id"));
            },
            no_pair
        );
}

void DuplicatesScreen::add_bulk(Console& console, std::vector<Action>& actions)
{
    const auto ids = marked();
    const std::string away = why_away(console);
    const std::string not_open = !is_open() ? "it is decided" : away;
    add(
        actions,
        "Merge the marked, or all that is as good as certain",
        "Shift+M",
        Icon::check,
        [this, &console, ids] { ask_bulk(console, ids); },
        ids.empty() && m_side == Side::review ? "mark pairs first: x" : not_open
    );
    add(
        actions,
        "The marked are no duplicates",
        "Shift+D",
        Icon::close,
        [this, &console] { dismiss_marked(console); },
        ids.empty() ? "mark pairs first: x" : not_open
    );
    const bool is_dismissed = m_side == Side::dismissed && !chosen().is_null();
    add(
        actions,
        "Back into the queue",
        "r",
        Icon::undo,
        [this, &console, ids] { reopen(console, ids.empty() ? std::vector{text_at(chosen(), "id")} : ids); },
        is_dismissed ? away : "there is no dismissed pair"
    );
}

void DuplicatesScreen::add_places(Console& console, std::vector<Action>& actions)
{
    add(
        actions,
        "Look for duplicates",
        "Shift+S",
        Icon::search,
        [this, &console] { scan(console); },
        running_scan() ? "contacts are being compared" : why_away(console)
    );
    static constexpr std::array titles{
        "Pairs as good as certain", "Pairs to be looked at", "Pairs that are no duplicates", "Merged pairs"
    };
    for (std::size_t i = 0; i < titles.size(); ++i)
        add(actions,
            titles.at(i),
            std::to_string(i + 1),
            Icon::list,
            [this, i] {
                m_is_chosen = true;
                show(static_cast<Side>(i));
            },
            {});
}

} // namespace mortise::ui
