"""What `cmake --install` gives: programs, plugins, headers and a CMake package that work without the source tree.

"""

import json
import os
import pathlib
import re
import shutil
import tempfile
import unittest

from support import BUILD, SOURCE, needs_program, run

HERE = pathlib.Path(__file__).resolve().parent


def install(prefix, component=None):
    """Installs into the prefix; gets the installed files relative to it."""
    run("cmake", "--install", BUILD, "--prefix", prefix, *(["--component", component] if component else []))
    return {path.relative_to(prefix).as_posix() for path in prefix.rglob("*") if path.is_file()}


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="mortise-install-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.prefix = cls.folder / "prefix"
        cls.files = install(cls.prefix)

    @needs_program
    def test_has_the_program(self):
        self.assertIn("bin/mortise", self.files)
        self.assertIn("mortise", run(self.prefix / "bin/mortise", "--help"))

    def test_has_every_plugin_with_its_manifest(self):
        for manifest in sorted((SOURCE / "plugins").glob("*/plugin.json")):
            plugin = json.loads(manifest.read_text())["id"]
            with self.subTest(plugin):
                folder = f"lib/mortise/plugins/{plugin}/"
                self.assertIn(folder + "plugin.json", self.files)
                self.assertTrue([name for name in self.files if name.startswith(folder) and name.endswith(".so")])

    def test_has_every_public_header_and_no_other(self):
        include = SOURCE / "sdk/include"
        public = {f"include/{path.relative_to(include).as_posix()}" for path in include.rglob("*.h*")}
        public |= {f"include/{p.relative_to(f).as_posix()}" for f in [SOURCE / "sdk/testkit/include"] for p in f.rglob("*.h*")}
        installed = {name for name in self.files if name.startswith("include/")}
        self.assertEqual(installed, public)

    def test_names_no_path_of_the_build(self):
        for name in sorted(self.files):
            if name.endswith((".cmake", ".json", ".hpp", ".h", ".service", ".exports")):
                text = (self.prefix / name).read_text()
                for path in (SOURCE, BUILD):
                    self.assertNotIn(str(path), text, name)

    def test_pages_lead_only_to_what_is_installed(self):
        docs = self.prefix / "share/mortise/docs"
        pages = sorted(docs.rglob("*.md"))
        self.assertGreater(len(pages), 40)
        for page in pages:
            prose = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.S | re.M)
            for link in re.findall(r"\]\(([^)#\s]+)", prose):
                if not re.match(r"[a-z]+:", link):
                    with self.subTest(page=page.name, link=link):
                        target = (page.parent / link).resolve()
                        self.assertTrue(target.is_relative_to(docs) and target.exists(), "leads to nothing")

    def test_components_are_the_packages(self):
        names = ("runtime", "plugins", "console", "sdk")
        runtime, plugins, console, sdk = (install(self.folder / name, name) for name in names)
        self.assertEqual(runtime | plugins | console | sdk, self.files, "every installed file belongs to a component")
        held = len(runtime) + len(plugins) + len(console) + len(sdk)
        self.assertEqual(held, len(self.files), "no file belongs to two")
        self.assertFalse([name for name in runtime | plugins if name.startswith("include/")])
        self.assertNotIn("bin/mortise", sdk)

    def test_a_plugin_is_built_against_it_and_loaded_by_it(self):
        project = self.folder / "project"
        shutil.copytree(HERE / "plugin", project)
        run(
            "cmake", "-G", "Ninja", "-S", project, "-B", project / "build", f"-DCMAKE_PREFIX_PATH={self.prefix}",
            f"-DCMAKE_CXX_COMPILER={os.environ['MORTISE_COMPILER']}", "-DCMAKE_BUILD_TYPE=Release",
        )  # fmt: skip
        run("cmake", "--build", project / "build")
        run("cmake", "--install", project / "build", "--prefix", self.folder / "out")
        libraries = list((self.folder / "out").rglob("*.so"))
        self.assertEqual(len(libraries), 1, libraries)
        run("/usr/bin/python3", SOURCE / "tests/checks/check_exports.py", project, libraries[0].parent)

        self.load(libraries[0].parent)

    def load(self, plugin):
        """Has the installed program load and call the plugin."""
        mortise = [self.prefix / "bin/mortise", "--data", self.folder / "data", "--yes"]
        run(*mortise, "init")
        run(*mortise, "plugins", "install", plugin, "--allow-unsigned")
        run(*mortise, "plugins", "enable", "org.example.greeter")
        run(*mortise, "contacts", "create", '{"kind": "person", "family_name": "Curie"}')
        answer = json.loads(run(*mortise, "--json", "call", "greeter.greet", '{"name": "Marie"}'))
        self.assertEqual(answer, {"text": "Hello, Marie"})


if __name__ == "__main__":
    unittest.main()
