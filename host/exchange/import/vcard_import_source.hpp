#pragma once

/// \file
/// Cards of an address book as contacts: the usual fields, and every e-mail address, phone number, postal
/// address and web page of the card as a contact point. The organisation that a person's card names is found
/// by its name, or made.

#include "exchange/import/import_source.hpp"
#include "exchange/vcard/vcard_contact.hpp"
#include "exchange/vcard/vcard_reader.hpp"
#include "records/schema.hpp"

#include <memory>

namespace mortise::host {

class VCardImportSource final : public ImportSource {
public:
    /// Both must outlive the source; `type` is that of contacts.
    static Result<std::unique_ptr<VCardImportSource>> open(ByteSource& bytes, const RecordType& type);

    Result<bool> next(ImportRow& row) override;
    std::uint64_t bytes_read() const override { return m_reader.bytes_read(); }

    std::vector<const ReferenceRule*> rules() const override { return {&m_by_name}; }

private:
    VCardImportSource(VCardReader reader, const RecordType& type) : m_reader{std::move(reader)}, m_type{type}
    {
    }

    void convert(const VCardContact& card, ImportRow& row);

    VCardReader m_reader;
    const RecordType& m_type;
    ReferenceRule m_by_name{"contact", "name", true, {{"kind", "organisation"}}};
    ReferenceRules m_rules; ///< of exports
};

} // namespace mortise::host
