import pathlib
import subprocess

from support import CheckTest

ENTRY = '__attribute__((visibility("default"))) int mortise_plugin_open_v1(void) { return 0; }\n'


class Exports(CheckTest):
    check = "exports"

    def built(self, source, *options, compiler="cc"):
        """Builds a shared library into the folder that the check reads."""
        folder = self.root / "built"
        folder.mkdir(exist_ok=True)
        file = folder / ("plugin.c" if compiler == "cc" else "plugin.cpp")
        file.write_text(source)
        command = [compiler, "-shared", "-fPIC", "-fvisibility=hidden", *options, file, "-o", folder / "plugin.so"]
        subprocess.run(command, check=True, capture_output=True)
        return folder

    def refuse(self, words, source, *options, compiler="cc"):
        self.assert_refuses({}, words, self.built(source, *options, compiler=compiler))

    def test_accepts_the_one_export(self):
        self.assert_accepts({}, self.built(ENTRY))

    def test_refuses_a_second_export(self):
        self.refuse("exports helper beside", ENTRY + '__attribute__((visibility("default"))) int helper = 1;\n')

    def test_refuses_no_export(self):
        self.refuse("exports nothing, but not mortise_plugin_open_v1", "int unused;\n")

    def test_refuses_a_unique_symbol(self):
        source = 'extern "C" ' + ENTRY + "template <class T> struct Holder { static inline int value = 1; };\n"
        source += "template struct __attribute__((visibility(\"default\"))) Holder<int>;\n"
        self.refuse("keeps it in memory", source, "-fgnu-unique", compiler="c++")

    def test_refuses_a_symbol_of_the_host(self):
        self.refuse("needs host_secret", "int host_secret(void);\n" + ENTRY.replace("return 0", "return host_secret()"))

    def test_refuses_a_second_sqlite(self):
        self.refuse("needs libsqlite3", ENTRY, "-Wl,--no-as-needed", "-l:libsqlite3.so.0")

    def test_refuses_relocated_code(self):
        folder = pathlib.Path(self.root / "built")
        source = "extern int own; int own = 3;\n" + ENTRY
        source += '__asm__(".text\\n.global relocated\\n.hidden relocated\\nrelocated: .quad own\\n");\n'
        self.built(source, "-Wl,-z,notext")
        self.assert_refuses({}, "TEXTREL", folder)

    def test_refuses_a_plugin_that_is_not_built(self):
        self.assert_refuses({"plugins/tasks/plugin.json": "{}"}, "0 binaries for 1 plugins", self.root / "nothing")
