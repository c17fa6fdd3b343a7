#include "app/draw_digest.hpp"

#include <cstddef>
#include <cstring>

namespace mortise::ui {
namespace {

class Digest {
public:
    template <class Value>
    void add(const Value& value)
    {
        add(&value, sizeof value);
    }

    void add(const void* bytes, std::size_t size)
    {
        const auto* at = static_cast<const unsigned char*>(bytes);
        for (; size >= sizeof(std::uint64_t); size -= sizeof(std::uint64_t), at += sizeof(std::uint64_t)) {
            std::uint64_t word = 0;
            std::memcpy(&word, at, sizeof word);
            mix(word);
        }
        std::uint64_t rest = size;
        std::memcpy(&rest, at, size);
        mix(rest ^ (static_cast<std::uint64_t>(size) << 56U));
    }
    std::uint64_t value() const noexcept { return m_value; }

private:
    void mix(std::uint64_t word) noexcept
    {
        m_value = (m_value ^ word) * 0x9E3779B97F4A7C15U;
        m_value ^= m_value >> 29U;
    }

    std::uint64_t m_value{0xCBF29CE484222325U};
};

} // namespace

std::uint64_t digest_of(const ImDrawData& data)
{
    Digest digest;
    digest.add(data.DisplaySize);
    digest.add(data.FramebufferScale);
    for (int i = 0; i < data.CmdListsCount; ++i) {
        const ImDrawList& list = *data.CmdLists[i];
        digest.add(list.VtxBuffer.Data, static_cast<std::size_t>(list.VtxBuffer.size_in_bytes()));
        digest.add(list.IdxBuffer.Data, static_cast<std::size_t>(list.IdxBuffer.size_in_bytes()));
        for (const ImDrawCmd& command : list.CmdBuffer) { // by its parts: between them may be anything
            digest.add(command.ClipRect);
            digest.add(reinterpret_cast<std::uintptr_t>(command.TextureId));
            digest.add(command.VtxOffset);
            digest.add(command.IdxOffset);
            digest.add(command.ElemCount);
        }
    }
    return digest.value();
}

} // namespace mortise::ui
