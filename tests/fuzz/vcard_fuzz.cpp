/// \file
/// vCards: whatever the bytes are, a card that was read is written so that it reads back the same, and so is
/// what a contact is made of.

#include "exchange/vcard/vcard_contact.hpp"
#include "exchange/vcard/vcard_reader.hpp"
#include "exchange/vcard/vcard_writer.hpp"
#include "fuzz_check.hpp"

#include <vector>

using namespace mortise::host;

namespace {

std::vector<VCard> read_usable(std::string_view text)
{
    MemorySource source{text};
    auto reader = VCardReader::open(source, 100'000);
    FUZZ_CHECK(reader);
    std::vector<VCard> cards;
    VCardEntry entry;
    std::uint64_t number = 0;
    while (true) {
        const auto more = reader->next(entry);
        FUZZ_CHECK(more);
        if (!*more) return cards;
        FUZZ_CHECK(entry.number == ++number);
        if (entry.usable()) cards.push_back(entry.card);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    for (const VCard& card : read_usable(text_of(data, size))) {
        const std::vector<VCard> again = read_usable(to_text(card));
        FUZZ_CHECK(again.size() == 1 && again[0].version == card.version);
        // What the first reading could not take in exactly, such as a double quote in a parameter, is settled
        // by then.
        const std::vector<VCard> third = read_usable(to_text(again[0]));
        FUZZ_CHECK(third.size() == 1 && third[0] == again[0]);
        FUZZ_CHECK(card.properties.size() == again[0].properties.size());
        const VCardContact contact = contact_of(card);
        for (const VCardVersion version : {VCardVersion::v3_0, VCardVersion::v4_0})
            FUZZ_CHECK(read_usable(to_text(card_of(contact, version))).size() == 1);
    }
    return 0;
}
