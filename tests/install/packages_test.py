"""The Debian packages that cpack makes: what they are called, need and hold."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from support import BUILD, SOURCE, needs_program, run


def fields(package):
    """Gets the fields of a package's control file."""
    return dict(re.findall(r"^([A-Za-z-]+): (.*)$", run("dpkg-deb", "--field", package), re.M))


def contents(package):
    """Gets the paths of the files in a package."""
    return {line.split()[5].lstrip(".") for line in run("dpkg-deb", "--contents", package).splitlines() if line[0] == "-"}


@unittest.skipUnless(shutil.which("dpkg-shlibdeps") or os.environ.get("MORTISE_REQUIRE_TOOLS"), "dpkg-dev is not installed")
class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="mortise-packages-")
        cls.addClassCleanup(folder.cleanup)
        run("cpack", "--config", BUILD / "CPackConfig.cmake", "-B", folder.name)
        cls.packages = {fields(path)["Package"]: path for path in pathlib.Path(folder.name).glob("*.deb")}

    def test_are_the_platform_its_console_and_the_sdk(self):
        self.assertEqual(sorted(self.packages), ["mortise", "mortise-console", "mortise-sdk"])

    @needs_program
    def test_a_server_needs_no_window(self):
        self.assertIn("/usr/bin/mortise-console", contents(self.packages["mortise-console"]))
        self.assertNotRegex(fields(self.packages["mortise"])["Depends"], r"\blib(gl1|gl-|glx|opengl|glfw|egl)")

    @needs_program
    def test_the_platform_holds_program_plugins_and_service(self):
        held = contents(self.packages["mortise"])
        self.assertIn("/usr/bin/mortise", held)
        self.assertIn("/usr/lib/systemd/system/mortise.service", held)
        self.assertFalse([name for name in held if name.startswith("/usr/include")])
        for manifest in (SOURCE / "plugins").glob("*/plugin.json"):
            name = manifest.parent.name
            self.assertTrue([held_name for held_name in held if held_name.endswith(f"/{name}.so")], f"no {name}.so in {held}")

    @needs_program
    def test_the_platform_names_the_libraries_that_it_needs(self):
        depends = fields(self.packages["mortise"])["Depends"]
        named = {entry.split()[0] for entry in depends.split(",")}
        # What the program opens, and what it only reads: time zones. Tables of countries are in the program.
        for library in ("libc6", "libsqlite3-0", "libsodium23", "libarchive13", "libzstd1", "tzdata"):
            self.assertIn(library, named)
        self.assertFalse([name for name in named if name.endswith("-dev")])

    def test_the_sdk_holds_headers_and_cmake_package(self):
        held = contents(self.packages["mortise-sdk"])
        self.assertIn("/usr/include/mortise/plugin.hpp", held)
        self.assertIn("/usr/lib/cmake/mortise-sdk/mortise-sdk-config.cmake", held)
        self.assertNotIn("/usr/bin/mortise", held)

    def test_each_tells_what_is_in_it_and_where_to_begin(self):
        for name, words in (("mortise", ("mortise --help", "mortise-sdk", "mortise-console")), ("mortise-sdk", ("mortise-sdk docs",))):
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                run("dpkg-deb", "--extract", self.packages[name], folder)
                documents = pathlib.Path(folder, "usr/share/doc", name)
                page = (documents / "README.md").read_text()
                for word in words:
                    self.assertIn(word, page)
                self.assertNotRegex(page, r"\./run|\./test|@[A-Z]+@|\]\(", "what is not installed")
                self.assertTrue((documents / "LICENSE").is_file())

    @needs_program
    def test_a_plugin_is_checked_with_the_packages_alone(self):
        with tempfile.TemporaryDirectory(prefix="mortise-unpacked-") as folder:
            for name in ("mortise", "mortise-sdk"):
                run("dpkg-deb", "--extract", self.packages[name], folder)
            plugin = pathlib.Path(folder, "usr/lib/mortise/plugins/mortise.reporting")
            environment = {"PATH": f"{folder}/usr/bin:/usr/bin:/bin", "HOME": folder, "LC_ALL": "C.UTF-8"}

            def check(*arguments, code=0):
                command = ["mortise-sdk", "--json", "check", plugin, *arguments]
                done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
                self.assertEqual(done.returncode, code, done.stdout + done.stderr)
                return json.loads(done.stdout if done.stdout else done.stderr)

            report = check("--only", "file", "--against", "0.1")
            self.assertEqual([(host["release"], host["runs"]) for host in report["hosts"]], [("0.1", True)])
            report = check("--only", "file", "--against", "0.1,0.0", code=1)
            self.assertEqual([host["runs"] for host in report["hosts"]], [True, False])
            self.assertIn("sdk.min", report["hosts"][1]["reasons"][0])
            self.assertIn("does not know", check("--against", "99.0", code=1)["error"]["message"])

            self.assertEqual(check("--only", "load.activates", "--with", "pipelines")["passed"], 1)
            self.assertIn(str(plugin.parent), check("--with", "pipeline", code=1)["error"]["message"])

            first, again = check("--reproduce", "42"), check("--reproduce", "42")
            for each in (first, again):
                self.assertEqual((each["seed"], [found["id"] for found in each["checks"]]), (42, ["fuzz.life"]))
            self.assertEqual(first["checks"][0]["text"], again["checks"][0]["text"])
            self.assertEqual(first["checks"][0]["verdict"], "pass", first["checks"][0]["text"])

    def test_the_service_starts_the_program_of_the_package(self):
        with tempfile.TemporaryDirectory() as folder:
            run("dpkg-deb", "--extract", self.packages["mortise"], folder)
            unit = pathlib.Path(folder, "usr/lib/systemd/system/mortise.service").read_text()
        self.assertIn("ExecStart=/usr/bin/mortise serve", unit)


if __name__ == "__main__":
    unittest.main()
