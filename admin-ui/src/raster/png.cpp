#include "raster/raster.hpp"

#include <cstring>
#include <stb/stb_image.h>
#include <stb/stb_image_write.h>

namespace mortise::ui {

bool write_png(const Picture& picture, const std::filesystem::path& file)
{
    std::vector<unsigned char> bytes;
    bytes.reserve(picture.pixels.size() * 3);
    for (const std::uint32_t pixel : picture.pixels)
        for (unsigned shift = 0; shift < 24; shift += 8)
            bytes.push_back(static_cast<unsigned char>((pixel >> shift) & 0xFFU));
    return stbi_write_png(file.c_str(), picture.width, picture.height, 3, bytes.data(), picture.width * 3)
        != 0;
}

Picture read_png(const std::filesystem::path& file)
{
    Picture picture;
    int channels = 0;
    unsigned char* bytes = stbi_load(file.c_str(), &picture.width, &picture.height, &channels, 4);
    if (!bytes) return {};
    picture.pixels.resize(static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height));
    std::memcpy(picture.pixels.data(), bytes, picture.pixels.size() * 4);
    stbi_image_free(bytes);
    return picture;
}

} // namespace mortise::ui
