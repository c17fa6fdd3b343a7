#pragma once

/// \file
/// Packages as nobody decent would write them.

#include "base/hash.hpp"
#include "plugins/package/zstd_source.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>
#include <zstd.h>

namespace mortise::host {

struct RawEntry {
    std::string path;
    std::string text{};
    char kind{'0'};
    unsigned mode{0644};
    std::string target{};
};

inline void put_octal(char* field, std::size_t width, std::uint64_t number)
{
    std::string digits(width - 1, '0');
    for (std::size_t i = digits.size(); i > 0 && number > 0; number /= 8)
        digits[--i] = static_cast<char>('0' + number % 8);
    std::memcpy(field, digits.data(), digits.size());
}

/// A tar archive as nobody decent would write it.
inline std::string tar_of(const std::vector<RawEntry>& entries)
{
    std::string tar;
    for (const RawEntry& entry : entries) {
        std::array<char, 512> head{};
        std::memcpy(head.data(), entry.path.data(), std::min<std::size_t>(entry.path.size(), 100));
        put_octal(&head[100], 8, entry.mode);
        put_octal(&head[108], 8, 0);
        put_octal(&head[116], 8, 0);
        put_octal(&head[124], 12, entry.text.size());
        put_octal(&head[136], 12, 0);
        head[156] = entry.kind;
        std::memcpy(&head[157], entry.target.data(), std::min<std::size_t>(entry.target.size(), 100));
        std::memcpy(&head[257], "ustar\00000", 8);
        std::memset(&head[148], ' ', 8);
        unsigned sum = 0;
        for (const char byte : head)
            sum += static_cast<unsigned char>(byte);
        put_octal(&head[148], 7, sum);
        tar.append(head.data(), head.size());
        tar += entry.text;
        tar.resize((tar.size() + 511) / 512 * 512);
    }
    return tar + std::string(1024, '\0');
}

inline std::string sealed(std::string frame)
{
    const Digest digest = sha256(frame);
    frame += package_seal_head;
    return frame.append(reinterpret_cast<const char*>(digest.data()), digest.size());
}

inline std::string frame_of(const std::string& plain)
{
    std::string out(ZSTD_compressBound(plain.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), 3));
    return out;
}

inline std::string packed(const std::string& plain)
{
    return sealed(frame_of(plain));
}

} // namespace mortise::host
