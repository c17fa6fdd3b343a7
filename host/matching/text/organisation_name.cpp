#include "matching/text/organisation_name.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace mortise::host::matching {

namespace {

using Pairs = std::unordered_map<std::string_view, std::string_view>;

/// Legal forms by how they are written once points are gone; several words with a blank between them.
const Pairs& legal_forms() // NOLINT(readability-function-size): a table
{
    static const Pairs table{
        {"ltd", "ltd"},
        {"limited", "ltd"},
        {"pty ltd", "ltd"},
        {"pty limited", "ltd"},
        {"pvt ltd", "ltd"},
        {"private limited", "ltd"},
        {"pte ltd", "ltd"},
        {"co ltd", "ltd"},
        {"company limited", "ltd"},
        {"plc", "plc"},
        {"public limited company", "plc"},
        {"inc", "inc"},
        {"incorporated", "inc"},
        {"corp", "inc"},
        {"corporation", "inc"},
        {"llc", "llc"},
        {"limited liability company", "llc"},
        {"llp", "llp"},
        {"lp", "lp"},
        {"gmbh", "gmbh"},
        {"ges mbh", "gmbh"},
        {"gesmbh", "gmbh"},
        {"mbh", "gmbh"},
        {"gesellschaft mbh", "gmbh"},
        {"gesellschaft mit beschrankter haftung", "gmbh"},
        {"ug", "ug"},
        {"gmbh co kg", "kg"},
        {"gmbh und co kg", "kg"},
        {"kg", "kg"},
        {"ohg", "ohg"},
        {"gbr", "gbr"},
        {"ag", "ag"},
        {"aktiengesellschaft", "ag"},
        {"se", "se"},
        {"ev", "ev"},
        {"e v", "ev"},
        {"eg", "eg"},
        {"sa", "sa"},
        {"s a", "sa"},
        {"societe anonyme", "sa"},
        {"sociedad anonima", "sa"},
        {"sarl", "sarl"},
        {"sas", "sas"},
        {"eurl", "sarl"},
        {"srl", "srl"},
        {"s r l", "srl"},
        {"spa", "spa"},
        {"s p a", "spa"},
        {"sl", "sl"},
        {"bv", "bv"},
        {"b v", "bv"},
        {"nv", "nv"},
        {"n v", "nv"},
        {"vof", "vof"},
        {"bvba", "bv"},
        {"ab", "ab"},
        {"aktiebolag", "ab"},
        {"as", "as"},
        {"asa", "asa"},
        {"aps", "aps"},
        {"a s", "as"},
        {"oy", "oy"},
        {"oyj", "oyj"},
        {"sp z o o", "spzoo"},
        {"spolka z o o", "spzoo"},
        {"spzoo", "spzoo"},
        {"sro", "sro"},
        {"s r o", "sro"},
        {"kft", "kft"},
        {"zrt", "zrt"},
        {"doo", "doo"},
        {"d o o", "doo"},
        {"ooo", "ooo"},
        {"oao", "oao"},
        {"kk", "kk"},
        {"kabushiki kaisha", "kk"},
        {"sdn bhd", "bhd"},
        {"bhd", "bhd"},
        {"ltda", "ltda"},
        {"lda", "ltda"},
        {"sa de cv", "sadecv"},
        {"co", "co"},
        {"company", "co"},
        {"cie", "co"},
        {"compagnie", "co"},
    };
    return table;
}

/// Words that are often cut short, and what is meant.
const Pairs& short_words() // NOLINT(readability-function-size): a table
{
    static const Pairs table{
        {"intl", "international"},
        {"int", "international"},
        {"assoc", "associates"},
        {"assn", "association"},
        {"bros", "brothers"},
        {"mfg", "manufacturing"},
        {"mgmt", "management"},
        {"svc", "services"},
        {"svcs", "services"},
        {"service", "services"},
        {"tech", "technologies"},
        {"technology", "technologies"},
        {"univ", "university"},
        {"inst", "institute"},
        {"dept", "department"},
        {"natl", "national"},
        {"grp", "group"},
        {"sys", "systems"},
        {"system", "systems"},
        {"eng", "engineering"},
        {"engg", "engineering"},
        {"ind", "industries"},
        {"inds", "industries"},
        {"industry", "industries"},
        {"hldgs", "holdings"},
        {"holding", "holdings"},
        {"solution", "solutions"},
        {"product", "products"},
        {"prods", "products"},
        {"labs", "laboratories"},
        {"lab", "laboratories"},
        {"laboratory", "laboratories"},
        {"comm", "communications"},
        {"comms", "communications"},
        {"communication", "communications"},
        {"ctr", "center"},
        {"centre", "center"},
        {"dist", "distribution"},
        {"elec", "electric"},
        {"fin", "financial"},
        {"govt", "government"},
        {"hosp", "hospital"},
        {"ins", "insurance"},
        {"restaurants", "restaurant"},
        {"rest", "restaurant"},
        {"ristorante", "restaurant"},
        {"cafe", "cafe"},
        {"caffe", "cafe"},
        {"deli", "delicatessen"},
        {"st", "saint"},
        {"mt", "mount"},
        {"ft", "fort"},
        {"bldg", "building"},
        {"cnstr", "construction"},
        {"const", "construction"},
        {"pharma", "pharmaceuticals"},
        {"pharmaceutical", "pharmaceuticals"},
        {"logistic", "logistics"},
        {"consultants", "consulting"},
        {"consultant", "consulting"},
        {"partner", "partners"},
        {"enterprise", "enterprises"},
        {"ent", "enterprises"},
    };
    return table;
}

bool is_small_word(std::string_view word) noexcept
{
    constexpr std::array<std::string_view, 18> small{
        "the",
        "and",
        "of",
        "und",
        "et",
        "y",
        "e",
        "de",
        "der",
        "die",
        "das",
        "la",
        "le",
        "les",
        "for",
        "fur",
        "in",
        "at"
    };
    return std::ranges::find(small, word) != small.end();
}

/// Folded words; points and apostrophes are taken out of words, everything else parts them.
std::vector<std::string> words_of_name(std::string_view name)
{
    std::vector<std::string> words(1);
    for (const char c : fold(name)) {
        const bool is_letter
            = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
        if (is_letter)
            words.back() += c;
        else if (c != '.' && c != '\'' && c != '`' && !words.back().empty())
            words.emplace_back();
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

/// Takes a legal form off the end, or the beginning, of the words.
std::string take_legal_form(std::vector<std::string>& words)
{
    constexpr std::size_t most_words = 4;
    std::string form;
    for (std::size_t count = std::min(most_words, words.size() - 1); count > 0; --count) {
        std::string tail;
        for (std::size_t i = words.size() - count; i < words.size(); ++i)
            tail.append(tail.empty() ? "" : " ").append(words[i]);
        const auto found = legal_forms().find(tail);
        if (found == legal_forms().end()) continue;
        words.resize(words.size() - count);
        form = found->second;
        break;
    }
    // "Weber GmbH & Co. KG", "Miller & Co Ltd": what is before the form is one too.
    while (!form.empty() && words.size() > 1 && legal_forms().contains(words.back()))
        words.pop_back();
    return form;
}

} // namespace

OrganisationName parse_organisation_name(std::string_view name)
{
    OrganisationName result;
    std::vector<std::string> words = words_of_name(name);
    if (words.empty()) return result;
    if (words.size() > 1) result.legal_form = take_legal_form(words);
    for (std::string& word : words) {
        if (is_small_word(word)) continue;
        const auto known = short_words().find(word);
        result.words.push_back(known == short_words().end() ? std::move(word) : std::string{known->second});
    }
    if (result.words.empty()) result.words = std::move(words);
    for (const std::string& word : result.words)
        if (!word.empty()) result.initials += word.front();
    return result;
}

bool is_free_mailer(std::string_view domain) noexcept
{
    static const std::unordered_set<std::string_view> free_mailers{
        "gmail.com",      "googlemail.com",  "yahoo.com",    "yahoo.co.uk",     "yahoo.de",
        "yahoo.fr",       "ymail.com",       "hotmail.com",  "hotmail.co.uk",   "hotmail.de",
        "hotmail.fr",     "outlook.com",     "outlook.de",   "live.com",        "live.co.uk",
        "msn.com",        "aol.com",         "icloud.com",   "me.com",          "mac.com",
        "gmx.de",         "gmx.net",         "gmx.at",       "gmx.ch",          "gmx.com",
        "web.de",         "t-online.de",     "freenet.de",   "mail.com",        "mail.ru",
        "yandex.ru",      "yandex.com",      "bk.ru",        "list.ru",         "protonmail.com",
        "proton.me",      "pm.me",           "posteo.de",    "mailbox.org",     "fastmail.com",
        "zoho.com",       "orange.fr",       "wanadoo.fr",   "free.fr",         "laposte.net",
        "sfr.fr",         "libero.it",       "virgilio.it",  "tiscali.it",      "alice.it",
        "bigpond.com",    "optusnet.com.au", "comcast.net",  "verizon.net",     "att.net",
        "sbcglobal.net",  "bluewin.ch",      "qq.com",       "163.com",         "126.com",
        "sina.com",       "naver.com",       "daum.net",     "rediffmail.com",  "uol.com.br",
        "bol.com.br",     "terra.com.br",    "seznam.cz",    "wp.pl",           "o2.pl",
        "interia.pl",     "onet.pl",         "abv.bg",       "ukr.net",         "aon.at",
        "btinternet.com", "sky.com",         "ntlworld.com", "virginmedia.com", "xtra.co.nz",
        "rocketmail.com", "tutanota.com",    "online.de",    "arcor.de",
    };
    return free_mailers.contains(domain);
}

} // namespace mortise::host::matching
