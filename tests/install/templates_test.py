"""What a vendor does with the installed SDK alone: makes a project of each kind, builds, tests, checks and packs it, and has
the installed program install the package and run it."""

import http.server
import json
import re
import shlex
import shutil
import subprocess
import threading
import time
import unittest

from installed import ID, Installed

# How the template's own name is spelled; none of it may be left.
LEFT_OVER = re.compile(r"my[-_ ]?plugin|example[. ]vendor|com\.example|\(c\) 1970", re.I)


class Endpoint:
    """A server that takes what is posted to it."""

    def __enter__(self):
        self.status, self.bodies, endpoint = 204, [], self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                assert self.path == "/contacts", self.path
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if endpoint.status < 300:
                    endpoint.bodies.append(body)
                self.send_response(endpoint.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *problem):
        self.server.shutdown()
        self.server.server_close()


class Templates(Installed):
    def made(self, kind, language="cpp"):
        """Makes a project, does what its README and its script for build servers say, and enables what came of it."""
        project = self.folder / f"{kind}-{language}" / "project"
        self.run_tool("mortise-sdk", "new", ID, "--kind", kind, "--lang", language, project)
        self.check_names(project)
        self.data = project.parent / "data"
        self.mortise("init")
        build, check, pack, install, develop = self.five_commands(project)
        tested = self.run_tool(*build, cwd=project)
        self.assertIn("100% tests passed", tested)
        self.assertIn("plugins.lead-score.Plugin.", tested, "no test runs the built plugin in the test kit")
        for command in (check, pack, install):
            self.run_tool(*command, cwd=project)
        self.assertEqual(develop[:2], ["mortise-sdk", "dev"])  # dev_test.py
        self.mortise("plugins", "enable", ID)
        self.run_tool("./ci.sh", cwd=project)
        verified = json.loads(self.run_tool("mortise-sdk", "--json", "verify", project / f"build/{ID}.mortise"))
        self.assertEqual((verified["id"], verified["version"]), (ID, json.loads((project / "plugin.json").read_text())["version"]))
        return project

    def five_commands(self, project):
        """Gets the commands of the project's README, in the data folder of this test."""
        block = re.search(r"^## Five commands\n\n```sh\n(.*?)^```", (project / "README.md").read_text(), re.M | re.S)[1]
        commands = [shlex.split(line, comments=True) for line in block.splitlines()]
        self.assertEqual(len(commands), 5)
        return [[*words[:1], "--data", self.data, *words[1:]] if words[0] == "mortise" else words for words in commands]

    def check_names(self, project):
        for path in project.rglob("*"):
            self.assertIsNone(LEFT_OVER.search(path.name), path)
            if path.is_file():
                left = LEFT_OVER.search(path.read_text())
                self.assertIsNone(left, f"{path}: {left and left.group()}")

    def refused(self, *arguments):
        """Gets the error with which `mortise` refuses."""
        command = ["mortise", "--data", self.data, "--json", "--yes", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=self.environment)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        return json.loads(done.stderr)["error"]

    def events(self, kind):
        """Gets the events of a type, once there are some."""
        return self.once(lambda: self.mortise("events", "list", "--type", kind))

    def test_basic(self):
        self.made("basic")
        self.greets()

    def test_basic_in_c(self):
        self.made("basic", "c")
        self.greets()

    def greets(self):
        marie = self.create_contact(given_name="Marie", family_name="Curie")
        self.assertEqual(self.mortise("call", "lead_score.greet", json.dumps({"contact": marie})), {"text": "Hello, Marie Curie"})
        greeted = self.events("lead_score.greeted")
        self.assertEqual([(event["subject"], event["data"]["text"]) for event in greeted], [(marie, "Hello, Marie Curie")])
        self.mortise("settings", ID, "set", "email_required", "true")
        error = self.refused("contacts", "create", '{"kind": "person", "family_name": "Nobody"}')
        self.assertIn("lead_score.email_needed", json.dumps(error))

    def test_capability(self):
        project = self.made("capability")
        marie = self.create_contact(given_name="Marie", family_name="Curie")
        arguments = {"contact": marie, "title": "Radium", "held_on": "2026-02-28", "minutes": 75}
        visit = self.mortise("call", "lead_score.log_visit", json.dumps(arguments))["visit"]
        self.assertEqual(self.mortise("records", "lead_score_visit", "show", visit)["length"], "long")
        self.assertEqual(self.once(lambda: self.contact(marie)["lead_score_visits"]), 1)
        self.assertEqual(self.contact(marie)["lead_score_last_visit"], "2026-02-28")
        self.assertEqual(
            self.mortise("query", self.sql(project, "lead_score.by_month")),
            [{"month": "2026-02", "visits": 1, "minutes": 75}],
        )
        report = self.mortise("views", "lead_score.by_month")
        self.assertEqual([(row["visits"], row["minutes"]) for row in report["rows"]], [(1, 75)], report)
        error = self.refused("records", "lead_score_visit", "update", visit, '{"held_on": "2999-01-01"}')
        self.assertIn("lead_score.future", json.dumps(error))
        error = self.refused("call", "lead_score.log_visit", '{"contact": "999999", "title": "Nobody"}')
        self.assertEqual(error["code"], "not_found")
        self.mortise("records", "lead_score_visit", "delete", visit)
        self.assertEqual(self.once(lambda: self.contact(marie)["lead_score_visits"] == 0), True)
        self.assertIsNone(self.contact(marie).get("lead_score_last_visit"))
        self.is_upgraded(project)

    def is_upgraded(self, project):
        """Has visits of the first version get the field that came with the second."""
        built = project / "build/dev/lib/mortise/plugins" / ID
        later = project.parent / "later"
        shutil.copytree(built, later)
        self.become_first_version(project)
        self.run_tool("cmake", "--build", project / "build/dev")
        self.data = project.parent / "upgraded"
        self.mortise("init")
        shutil.copytree(built, self.data / "plugins" / ID / "0.1.0")
        self.mortise("plugins", "enable", ID)
        marie = self.create_contact(family_name="Curie")
        values = {"title": "Before", "contact": marie, "held_on": "2026-01-02", "minutes": 5}
        visit = self.mortise("records", "lead_score_visit", "create", json.dumps(values))["id"]
        shutil.copytree(later, self.data / "plugins" / ID / "0.2.0")
        self.mortise("plugins", "reload", ID)
        self.assertEqual(self.once(lambda: self.mortise("records", "lead_score_visit", "show", visit).get("length")), "short")

    @staticmethod
    def become_first_version(project):
        """Takes away what 0.2.0 brought: visits have no length."""
        manifest = project / "plugin.json"
        document = json.loads(manifest.read_text())
        document["version"] = "0.1.0"
        visit = document["types"][0]
        visit["fields"] = [field for field in visit["fields"] if field["name"] != "length"]
        document["views"][0]["columns"].pop()
        manifest.write_text(json.dumps(document))
        source = project / "src/visits.cpp"
        source.write_text(re.sub(r".*visit\.set\(.*\n", "", source.read_text()))

    def test_the_example_of_the_guides_builds_from_what_is_installed(self):
        project = self.folder / "example"
        shutil.copytree(self.prefix / "share/mortise/examples/leadscore", project)
        self.assertIn("100% tests passed", self.run_tool("cmake", "--workflow", "--preset", "dev", cwd=project))

    def test_prints_its_pages_offline(self):
        pages = json.loads(self.run_tool("mortise-sdk", "--json", "docs"))
        self.assertLessEqual({"interfaces", "guides", "reference"}, {page["group"] for page in pages})
        for page in pages:
            shown = self.run_tool("mortise-sdk", "docs", f"{page['group']}/{page['name']}")
            self.assertIn(page["title"], shown)
        self.assertIn("mortise.records/1", self.run_tool("mortise-sdk", "docs", "mortise.records/1"))
        self.assertIn("# Managing plugins", self.run_tool("mortise-sdk", "docs", "managing-plugins"))
        both = json.loads(self.run_tool("mortise-sdk", "--json", "docs", "commands"))
        self.assertEqual((both["group"], both["also"]), ("interfaces", ["guides/commands"]))
        shown = subprocess.run(["mortise-sdk", "docs", "commands"], capture_output=True, text=True, check=True, env=self.environment)
        self.assertIn("mortise-sdk docs guides/commands", shown.stderr)

    def test_integration(self):
        self.made("integration")
        with Endpoint() as endpoint, self.serving():
            self.create_contact(given_name="Marie", family_name="Curie", email="marie@example.org")
            self.create_contact(given_name="Quo\"te", family_name="Back\\slash")
            for name, value in {"server": endpoint.address, "path": "/contacts", "encrypted": "false"}.items():
                self.mortise("settings", ID, "set", name, value)
            self.mortise("call", "lead_score.push")
            job = self.eventually(lambda: self.job("done"))
            self.assertEqual(job["result"], {"pushed": 2}, job)
            sent = [json.loads(body) for body in endpoint.bodies]
            self.assertEqual([contact["name"] for contact in sent], ["Marie Curie", 'Quo"te Back\\slash'])
            self.assertEqual(len(self.mortise("events", "list", "--type", "lead_score.pushed")), 2)

            endpoint.status = 422  # what is refused ends the job, and is sent again by the next one
            self.create_contact(family_name="Later")
            self.mortise("call", "lead_score.push")
            failed = self.eventually(lambda: self.job("failed"))
            self.assertIn("it answered 422", json.dumps(failed))
            endpoint.status = 204
            self.mortise("call", "lead_score.push")
            self.eventually(lambda: len(self.mortise("events", "list", "--type", "lead_score.pushed")) == 3)
            self.assertEqual(json.loads(endpoint.bodies[-1])["name"], "Later")

    def job(self, state):
        """Gets the newest job if it is in this state."""
        newest = self.mortise("jobs", "list")[0]
        return newest if newest["state"] == state else None

    @staticmethod
    def eventually(look, patience=60):
        """Looks until there is something; what it looks at goes on by itself."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if found := look():
                return found
        raise AssertionError("it did not come to pass")

    def contact(self, record):
        return self.mortise("contacts", "show", record)

    @staticmethod
    def sql(project, name):
        """Gets the text of a query of the manifest."""
        queries = json.loads((project / "plugin.json").read_text())["queries"]
        return " ".join(next(query["sql"] for query in queries if query["name"] == name))

    @staticmethod
    def once(look):
        """Looks until there is something: each run of the program delivers what waits."""
        for _ in range(20):
            if found := look():
                return found
        return found


if __name__ == "__main__":
    unittest.main()
