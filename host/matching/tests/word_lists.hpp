#pragma once

/// \file
/// Words that the sets of `dirty_sets.hpp` are made of, the most frequent first.

#include <array>
#include <string_view>

namespace mortise::host::matching {

inline constexpr std::array<std::string_view, 120> given_names{
    "james",   "emma",      "jack",     "olivia",    "william",     "sophie",   "thomas",    "lucy",
    "joshua",  "emily",     "daniel",   "chloe",     "matthew",     "jessica",  "michael",   "sarah",
    "samuel",  "hannah",    "benjamin", "ella",      "nicholas",    "mia",      "alexander", "isabella",
    "ryan",    "georgia",   "liam",     "charlotte", "jacob",       "grace",    "ethan",     "amelia",
    "lachlan", "ruby",      "luke",     "zoe",       "harrison",    "lily",     "connor",    "alice",
    "oliver",  "jasmine",   "max",      "holly",     "dylan",       "madison",  "jordan",    "abbey",
    "robert",  "elizabeth", "david",    "catherine", "peter",       "margaret", "john",      "anna",
    "stephen", "julia",     "andrew",   "laura",     "christopher", "nicole",   "anthony",   "rachel",
    "joseph",  "victoria",  "edward",   "natalie",   "george",      "claire",   "henry",     "molly",
    "charles", "eva",       "patrick",  "maria",     "richard",     "karen",    "mark",      "susan",
    "paul",    "helen",     "kevin",    "diana",     "brian",       "angela",   "martin",    "monica",
    "simon",   "teresa",    "philip",   "barbara",   "gregory",     "sandra",   "kenneth",   "carol",
    "raymond", "judith",    "gerald",   "irene",     "harold",      "dorothy",  "walter",    "frances",
    "ahmed",   "fatima",    "wei",      "ying",      "raj",         "priya",    "ivan",      "olga",
    "jose",    "carmen",    "giovanni", "lucia",     "hans",        "greta",    "pierre",    "amelie"
};

inline constexpr std::array<std::string_view, 150> family_names{
    "smith",     "jones",    "williams",   "brown",    "wilson",     "taylor",   "johnson",   "white",
    "martin",    "anderson", "thompson",   "nguyen",   "thomas",     "walker",   "harris",    "lee",
    "ryan",      "robinson", "kelly",      "king",     "davis",      "wright",   "evans",     "roberts",
    "green",     "hall",     "wood",       "jackson",  "clarke",     "patel",    "khan",      "lewis",
    "james",     "phillips", "mason",      "mitchell", "rose",       "davies",   "rodriguez", "cox",
    "alexander", "garden",   "campbell",   "johnston", "moore",      "smyth",    "o'neill",   "doherty",
    "stewart",   "quinn",    "murphy",     "graham",   "mclaughlin", "hamilton", "murray",    "hughes",
    "morgan",    "rees",     "lloyd",      "scott",    "reid",       "ross",     "young",     "paterson",
    "watson",    "morrison", "miller",     "fraser",   "gray",       "ferguson", "mueller",   "schmidt",
    "schneider", "fischer",  "weber",      "meyer",    "wagner",     "becker",   "schulz",    "hoffmann",
    "koch",      "richter",  "klein",      "wolf",     "schroeder",  "neumann",  "schwarz",   "zimmermann",
    "braun",     "krueger",  "hofmann",    "hartmann", "lange",      "werner",   "krause",    "lehmann",
    "koehler",   "maier",    "bernard",    "dubois",   "durand",     "moreau",   "laurent",   "simon",
    "lefebvre",  "leroy",    "roux",       "rossi",    "russo",      "ferrari",  "esposito",  "bianchi",
    "romano",    "garcia",   "fernandez",  "gonzalez", "lopez",      "sanchez",  "perez",     "gomez",
    "kowalski",  "nowak",    "wisniewski", "ivanov",   "petrov",     "sidorov",  "novak",     "svoboda",
    "horvat",    "jensen",   "nielsen",    "hansen",   "larsen",     "berg",     "lindqvist", "virtanen",
    "korhonen",  "yilmaz",   "kaya",       "demir",    "wang",       "li",       "zhang",     "chen",
    "tanaka",    "suzuki",   "kim",        "park",     "singh"
};

inline constexpr std::array<std::string_view, 60> place_words{
    "high",       "station",  "church",    "park",     "victoria", "george",   "elizabeth", "king",
    "queen",      "main",     "mill",      "river",    "bridge",   "garden",   "hill",      "lake",
    "forest",     "meadow",   "spring",    "willow",   "cedar",    "maple",    "oak",       "pine",
    "elm",        "chestnut", "sunset",    "valley",   "ocean",    "harbour",  "beach",     "bay",
    "castle",     "manor",    "abbey",     "priory",   "orchard",  "vineyard", "windsor",   "york",
    "lancaster",  "kent",     "surrey",    "norfolk",  "devon",    "cornwall", "albert",    "edward",
    "wellington", "nelson",   "trafalgar", "waterloo", "mosman",   "skinner",  "howe",      "dumas",
    "shean",      "ind",      "corona",    "nulsen"
};

inline constexpr std::array<std::string_view, 8> street_kinds{
    "street", "road", "avenue", "place", "crescent", "court", "drive", "close"
};

inline constexpr std::array<std::string_view, 40> cities{
    "springfield", "richmond", "newport",    "oxford",    "bristol", "perth",     "hamilton",  "cambridge",
    "windsor",     "clifton",  "ashford",    "burwood",   "carlton", "dandenong", "eltham",    "frankston",
    "glenelg",     "hornsby",  "ipswich",    "kew",       "lalor",   "mosman",    "northcote", "orange",
    "penrith",     "redfern",  "sutherland", "toowoomba", "uralla",  "vermont",   "werribee",  "yarram",
    "zillmere",    "bendigo",  "ballarat",   "geelong",   "cairns",  "darwin",    "hobart",    "launceston"
};

inline constexpr std::array<std::string_view, 7> regions{"nsw", "vic", "qld", "wa", "sa", "tas", "act"};

inline constexpr std::array<std::string_view, 5> mail_hosts{
    "gmail.com", "outlook.com", "yahoo.com", "bigpond.com", "acme-works.com"
};

inline constexpr std::array<std::string_view, 36> trades{
    "services",    "consulting",   "systems",   "group",    "international", "technologies",
    "engineering", "construction", "logistics", "software", "trading",       "foods",
    "medical",     "design",       "energy",    "motors",   "plumbing",      "electrical",
    "travel",      "insurance",    "media",     "textiles", "machinery",     "bakery",
    "pharmacy",    "optics",       "garden",    "roofing",  "manufacturing", "associates",
    "brothers",    "holdings",     "partners",  "security", "marketing",     "chemicals"
};

inline constexpr std::array<std::string_view, 10> legal_forms{
    "Ltd", "Limited", "GmbH", "Inc.", "LLC", "AG", "PLC", "Pty Ltd", "S.A.", "Corp."
};

} // namespace mortise::host::matching
