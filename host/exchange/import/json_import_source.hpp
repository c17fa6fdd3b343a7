#pragma once

/// \file
/// Rows of a JSON Lines file as records: one object a line, its members are fields (or, with a mapping,
/// columns).

#include "exchange/import/import_source.hpp"
#include "exchange/stream/byte_source.hpp"

namespace mortise::host {

class JsonImportSource final : public ImportSource {
public:
    /// Both must outlive the source; `mapping` may be null.
    JsonImportSource(ByteSource& bytes, const Mapping* mapping) : m_bytes{bytes}, m_mapping{mapping} { }

    Result<bool> next(ImportRow& row) override;
    std::uint64_t bytes_read() const override { return m_read; }

private:
    Result<bool> next_line(std::string& line);
    void convert(const Map& object, ImportRow& row) const;

    ByteSource& m_bytes;
    const Mapping* m_mapping;
    std::string m_buffer;
    std::size_t m_begin{0};
    bool m_at_end{false};
    std::uint64_t m_read{0};
    std::uint64_t m_line{0};
    std::uint64_t m_number{0};
};

} // namespace mortise::host
