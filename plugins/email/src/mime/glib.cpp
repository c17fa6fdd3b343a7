#include "mime/glib.hpp"

#include <gmodule.h>
#include <mutex>

namespace mortise::plugins::email {

void prepare_gmime()
{
    static std::once_flag once;
    std::call_once(once, [] {
        if (GModule* library = g_module_open("libgmime-3.0.so.0", G_MODULE_BIND_LAZY)) {
            g_module_make_resident(library);
            g_module_close(library);
        }
        g_mime_init();
    });
}

} // namespace mortise::plugins::email
