// Blocks of strangers. Whatever `check_block` lets pass can be read to its last byte, is the one way to write
// the value that it holds, and if it claims to be a column batch, opens safely or not at all.

#include <mortise/batch.hpp>
#include <mortise/value_block.hpp>
#include <mortise/value_check.hpp>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace {

void read_batch(mortise::ValueView view)
{
    const auto batch = mortise::BatchView::open(view);
    if (!batch) return;
    std::size_t bytes = 0;
    for (const mortise::ColumnView& column : batch->columns())
        for (std::uint32_t row = 0; row < batch->rows(); ++row) {
            bytes += column.text(row).size() + column.bytes(row).size();
            static_cast<void>(column.cell(row).value());
        }
    static_cast<void>(bytes);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    // Exactly as large as the input, so that a sanitizer sees every step too far.
    const auto words = std::make_unique<std::uint64_t[]>((size + 7) / 8);
    if (size > 0) std::memcpy(words.get(), data, size);
    const mortise_tree tree{reinterpret_cast<const mortise_value*>(words.get()), size};
    if (!mortise::check_block(tree)) return 0;

    const mortise::ValueView view{tree};
    const auto again = mortise::encode(view.value());
    if (!again || again->tree().bytes != size || std::memcmp(again->tree().root, data, size) != 0)
        std::abort();
    const mortise::ValueBlock copy = mortise::ValueBlock::copy(view);
    if (copy.tree().bytes != size || std::memcmp(copy.tree().root, data, size) != 0) std::abort();
    if (!mortise::is_same(copy.view(), view)) std::abort();
    read_batch(view);
    return 0;
}
