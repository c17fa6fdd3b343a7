#include "model/file_save.hpp"

#include "model/part_file.hpp"

namespace mortise::ui {

Result<void> save_file(const std::filesystem::path& file, std::string_view bytes, bool replace)
{
    PartFile part;
    if (auto opened = part.open(file, replace); !opened) return opened;
    part.write(bytes);
    return part.keep();
}

} // namespace mortise::ui
