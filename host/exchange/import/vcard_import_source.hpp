#pragma once

/// \file
/// Cards of an address book as contacts: the usual fields, and every e-mail address, phone number, postal
/// address and web page of the card as a contact point.

#include "exchange/import/import_source.hpp"
#include "exchange/vcard/vcard_reader.hpp"

#include <memory>

namespace mortise::host {

class VCardImportSource final : public ImportSource {
public:
    /// `bytes` must outlive the source.
    static Result<std::unique_ptr<VCardImportSource>> open(ByteSource& bytes);

    Result<bool> next(ImportRow& row) override;
    std::uint64_t bytes_read() const override { return m_reader.bytes_read(); }

private:
    explicit VCardImportSource(VCardReader reader) : m_reader{std::move(reader)} { }

    VCardReader m_reader;
};

} // namespace mortise::host
