from support import CheckTest


class Layers(CheckTest):
    check = "layers"

    def test_accepts_each_layer_seeing_those_below(self):
        self.assert_accepts({
            "sdk/include/mortise/abi/value.h": "#include <mortise/abi/error.h>\n#include <stdint.h>\n",
            "sdk/include/mortise/value.hpp": "#include <mortise/abi/value.h>\n#include <span>\n",
            "host/store/database.hpp": '#include "base/text.hpp"\n#include <mortise/result.hpp>\n',
            "host/base/text.hpp": "#include <string>\n",
            "host/store/database.cpp": '#include "store/database.hpp"\n#include <sqlite3.h>\n',
            "host/store/tests/database_test.cpp": '#include "store/database.hpp"\n#include <gtest/gtest.h>\n',
            "host/control/include/mortise/control/client.hpp": "#include <mortise/result.hpp>\n#include <boost/json/fwd.hpp>\n",
            "host/app/main.cpp": "#include <mortise/control/client.hpp>\n",
            "admin-ui/app/main.cpp": "#include <mortise/control/client.hpp>\n",
            "plugins/tasks/src/plugin.cpp": '#include "due_date.hpp"\n#include <mortise/plugin.hpp>\n',
            "plugins/tasks/src/due_date.hpp": "#include <string>\n",
            "plugins/tasks/tests/plugin_test.cpp": "#include <mortise/testkit/host.hpp>\n#include <gtest/gtest.h>\n",
        })  # fmt: skip

    def refuse(self, path, include, words):
        self.assert_refuses({path: f"#include {include}\n", "host/events/log.hpp": "\n", "host/base/text.hpp": "\n"}, words)

    def test_refuses_a_file_of_a_room_that_is_not_built(self):
        tree = {
            "host/base/CMakeLists.txt": "mortise_host_room(base SOURCES text.cpp TESTS tests/text_test.cpp) # other.cpp\n",
            "host/base/text.cpp": "\n",
            "host/base/tests/text_test.cpp": "\n",
        }
        self.assert_accepts(tree)
        self.assert_refuses({**tree, "host/base/other.cpp": "\n"}, "add other.cpp to SOURCES in host/base/CMakeLists.txt")
        self.assert_refuses({**tree, "host/base/tests/other_test.cpp": "\n"}, "add tests/other_test.cpp to TESTS")

    def test_refuses_the_abi_including_the_layer(self):
        self.refuse("sdk/include/mortise/abi/value.h", "<mortise/value.hpp>", "abi may not include mortise/value.hpp")

    def test_refuses_the_abi_including_cxx(self):
        self.refuse("sdk/include/mortise/abi/value.h", "<string>", "the C standard library and nothing else")

    def test_refuses_the_layer_including_a_library(self):
        self.refuse("sdk/include/mortise/value.hpp", "<boost/json.hpp>", "the standard library and nothing else")

    def test_refuses_a_room_including_one_above(self):
        self.refuse("host/records/schema.cpp", '"events/log.hpp"', "host/records may not include events/log.hpp")

    def test_refuses_a_room_below_including_the_control_api(self):
        self.refuse("host/events/log.cpp", "<mortise/control/client.hpp>", "host/events may not include")

    def test_refuses_the_control_api_including_a_room(self):
        self.refuse("host/control/include/mortise/control/client.hpp", '"base/text.hpp"', "may not include base/text.hpp")

    def test_refuses_a_plugin_including_the_host(self):
        self.refuse("plugins/tasks/src/a.cpp", '"host/base/text.hpp"', "plugins/tasks may not include")
        self.refuse("plugins/tasks/src/b.cpp", '"base/text.hpp"', "names no file that this folder may see")
        self.refuse("plugins/tasks/src/c.cpp", "<mortise/control/client.hpp>", "plugins/tasks may not include")

    def test_refuses_a_plugin_including_another(self):
        tree = {"plugins/mail/src/inbox.hpp": "\n", "plugins/tasks/src/a.cpp": '#include "plugins/mail/src/inbox.hpp"\n'}
        self.assert_refuses(tree, "plugins/tasks may not include plugins/mail")

    def test_refuses_a_plugin_including_the_abi(self):
        self.refuse("plugins/tasks/src/a.cpp", "<mortise/abi/value.h>", "plugins/tasks may not include")

    def test_refuses_the_test_kit_outside_tests(self):
        self.refuse("plugins/tasks/src/a.cpp", "<mortise/testkit/host.hpp>", "plugins/tasks may not include")

    def test_refuses_sqlite_outside_the_store(self):
        for header in ("<sqlite3.h>", "<SQLiteCpp/SQLiteCpp.h>"):
            self.refuse("host/records/schema.cpp", header, "host/store, tests only")

    def test_refuses_a_parent_folder(self):
        self.refuse("host/records/schema.cpp", '"../base/text.hpp"', "no '..' in an include")

    def test_refuses_a_test_framework_in_the_product(self):
        self.refuse("host/base/text.cpp", "<gtest/gtest.h>", "a folder named tests")

    def test_refuses_an_unlisted_library(self):
        self.refuse("host/base/text.cpp", "<fmt/format.h>", "unknown header")

    def test_refuses_a_room_linking_one_above(self):
        tree = {"host/store/CMakeLists.txt": "mortise_host_room(store SOURCES a.cpp USES base records TESTS t.cpp)\n"}
        self.assert_refuses(tree, "store may not use records")

    def test_refuses_an_unknown_room(self):
        self.assert_refuses({"host/attic/CMakeLists.txt": "mortise_host_room(attic)\n"}, "not a room")
