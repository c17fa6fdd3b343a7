"""Contacts that are in twice: scanned for, looked at, merged, taken back, through the command line."""

import csv
import os
import pathlib
import random
import time

import support

FEBRL = pathlib.Path(os.environ.get("MORTISE_TEST_DATA", "/nowhere")) / "duplicates/febrl_dataset1.csv"

SHOP = """name,email,phone,birthday,external_id
Anna Hofer,anna.hofer@example.com,+43 1 5551234,1980-02-03,s1
Bruno Leitner,bruno@leitner.example,+43 1 5559876,1975-11-30,s2
Carla Steindl,carla.steindl@example.com,,1990-06-17,s3
Dora Winkler,dora@winkler.example,+43 662 445566,1969-01-09,s4
"""
DESK = """name,email,phone,birthday,external_id
Anna Hofer,anna.hofer@example.com,+43 1 5551234,1980-02-03,d1
Bruno Leitner,bruno@leitner.example,+43 1 5559876,1975-11-30,d2
Karla Steindl,,,1990-06-17,d3
Emil Zangerl,emil@zangerl.example,+43 512 7788,1988-08-08,d4
"""


class Duplicates(support.FolderTest):
    def take_in(self):
        # Others, so that names and days are as rare as they are among many people.
        random.seed(7)
        syllables = ["ba", "der", "fan", "gor", "kel", "lim", "mar", "nor", "pel", "ros", "sta", "tur", "vin", "zel"]
        word = lambda: "".join(random.choice(syllables) for _ in range(3)).capitalize()
        others = "name,email,birthday\n" + "".join(
            f"{word()} {word()},{word().lower()}{i}@example.net,{1940 + i % 65}-{1 + i % 12:02}-{1 + i % 28:02}\n"
            for i in range(400)
        )
        for name, text in (("shop.csv", SHOP), ("desk.csv", DESK), ("others.csv", others)):
            answer = self.folder.json("import", self.folder.write(name, text), "--mode", "create")
            self.assertEqual(answer["refused"], 0)
        rows = self.folder.json("query", "SELECT id, external_id FROM contact WHERE external_id IS NOT NULL")
        return {row["external_id"]: str(row["id"]) for row in rows}

    def verb(self, *arguments):
        return self.folder.json("contacts", "duplicates", *arguments)

    def pairs(self, *arguments):
        return {frozenset((p["first"]["id"], p["second"]["id"])): p for p in self.verb(*arguments)}

    def test_two_sources_become_one_list(self):
        ids = self.take_in()
        anna, bruno, carla = (frozenset((ids["s" + n], ids["d" + n])) for n in "123")
        found = self.verb("scan")
        self.assertEqual(found["contacts"], 408)
        self.assertGreaterEqual(found["same"], 2)
        pairs = self.pairs("--limit", "500")
        self.assertEqual([pairs[p]["band"] for p in (anna, bruno)], ["same", "same"])
        self.assertIn(carla, pairs)
        self.assertNotIn(frozenset((ids["s4"], ids["d4"])), pairs)
        self.assertIn("birthday", {part["field"] for part in pairs[anna]["explanation"]})

        # A pair is explained as the contacts are now, and so are two that are no pair.
        explained = self.verb("explain", pairs[carla]["id"])
        self.assertEqual(explained["band"], pairs[carla]["band"])
        self.assertIn("birthday", " ".join(part["words"] for part in explained["explanation"]))
        self.assertEqual(self.verb("explain", ids["s4"], ids["d4"])["band"], "different")

        # What is no duplicate stays so.
        self.verb("dismiss", pairs[carla]["id"], "--reason", "sisters")
        self.assertEqual(self.verb("scan")["written"], 0)
        self.assertNotIn(carla, self.pairs("--limit", "500"))
        self.assertIn(carla, self.pairs("--state", "not_a_duplicate"))
        kept = self.folder.json("records", "duplicate_pair", "show", pairs[carla]["id"])
        self.assertEqual((kept["reason"], kept["decided_by"][:5]), ("sisters", "user:"))

        # The band `same` is merged after a look at what would become of it.
        preview = self.verb("merge", "--same", "--preview")
        self.assertTrue(preview["dry_run"])
        self.assertIn(anna, [frozenset(m["contacts"]) for m in preview["merges"]])
        self.assertEqual(self.folder.run("--json", "contacts", "duplicates", "merge", "--same").code, 1)
        done = self.folder.json("--yes", "contacts", "duplicates", "merge", "--same")
        merges = {frozenset(m["contacts"]): m for m in done["merges"]}
        self.assertEqual(merges[anna]["survivor"], ids["s1"])
        self.assertEqual(self.folder.json("contacts", "show", ids["d1"])["id"], ids["s1"])
        left = self.pairs("--limit", "500")
        self.assertFalse({anna, bruno} & set(left))
        self.assertEqual(self.verb("scan")["same"], 0)
        self.assertFalse({anna, bruno} & set(self.pairs("--limit", "500")))

        # A merge that is taken back is a pair again, and the other is not.
        self.folder.json("--yes", "undo", merges[anna]["merge"])
        self.assertEqual(self.folder.json("contacts", "show", ids["d1"])["id"], ids["d1"])
        self.verb("scan")
        again = self.pairs("--limit", "500")
        self.assertEqual(again[anna]["band"], "same")
        self.assertEqual(again[anna]["id"], pairs[anna]["id"])
        self.assertNotIn(bruno, again)
        self.assertIn(carla, self.pairs("--state", "not_a_duplicate"))

        # Pairs go with a contact that is deleted.
        self.folder.json("contacts", "delete", ids["d1"])
        self.assertNotIn(anna, self.pairs("--limit", "500"))

        # What people looked at is merged as they say, also where a rule would not.
        self.verb("reopen", pairs[carla]["id"])
        merged = self.verb("merge", pairs[carla]["id"], "--reason", "asked her")
        self.assertEqual(frozenset(merged["merges"][0]["contacts"]), carla)

    def check(self, **draft):
        given = support.json.dumps({"contact": draft})
        return self.folder.json("call", "duplicates.check", given)["contacts"]

    def eventually(self, test):
        deadline = time.time() + support.PATIENCE
        while not test() and time.time() < deadline:
            time.sleep(0.05)
        self.assertTrue(test())

    def test_what_is_written_is_compared_without_a_scan(self):
        ids = self.take_in()
        draft = {"name": "Dora Winkler", "email": "dora@winkler.example", "birthday": "1969-01-09"}
        refused = self.folder.run("--json", "call", "duplicates.check", support.json.dumps({"contact": draft}))
        self.assertEqual(refused.code, 1)
        self.assertIn("scan", refused.error()["hint"])
        self.verb("scan")
        with support.Serving(self.folder):
            found = self.check(**draft)
            self.assertEqual([(each["contact"]["id"], each["band"]) for each in found], [(ids["s4"], "same")])
            self.assertEqual(self.check(name="Nobody Atall", email="nobody@atall.example"), [])

            twin = self.folder.json("contacts", "create", support.json.dumps(draft))["id"]
            pair = frozenset((ids["s4"], twin))
            self.eventually(lambda: pair in self.pairs("--limit", "500"))
            self.assertEqual({each["contact"]["id"] for each in self.check(**draft)}, {ids["s4"], twin})

            # It is none any more when it says something else, and one again when a point says the same.
            other = {"name": "Otto Brand", "email": "otto@brand.example", "birthday": "1955-05-05"}
            self.folder.json("contacts", "update", twin, support.json.dumps(other))
            self.eventually(lambda: pair not in self.pairs("--limit", "500"))
            self.folder.json("contacts", "update", twin, support.json.dumps({**draft, "email": None}))
            point = {"contact": twin, "kind": "email", "value": "dora@winkler.example"}
            self.folder.json("records", "contact_point", "create", support.json.dumps(point))
            self.eventually(lambda: self.pairs("--limit", "500").get(pair, {}).get("band") == "same")

            # By hand, and back: the pair is open again without a scan.
            merge = self.folder.json("contacts", "merge", ids["s4"], twin)["merge"]
            self.eventually(lambda: pair not in self.pairs("--limit", "500"))
            self.eventually(lambda: len(self.check(**draft)) == 1)
            self.folder.json("--yes", "undo", merge)
            self.eventually(lambda: pair in self.pairs("--limit", "500"))

            # Who is deleted is known no more.
            self.folder.json("contacts", "delete", twin)
            self.eventually(lambda: [each["contact"]["id"] for each in self.check(**draft)] == [ids["s4"]])
        self.assertEqual(self.verb("scan")["written"], 0)

    def test_verified_identities_are_for_people(self):
        ids = self.take_in()
        for which in ("s1", "d1"):
            identity = {"contact": ids[which], "namespace": "passport", "value": which, "strength": "verified"}
            self.folder.json("records", "identity", "create", support.json.dumps(identity))
        self.verb("scan")
        anna = frozenset((ids["s1"], ids["d1"]))
        pair = self.pairs("--limit", "500")[anna]
        self.assertEqual(pair["band"], "review")
        self.assertIn("verified", pair["caution"])
        done = self.folder.json("--yes", "contacts", "duplicates", "merge", "--same")
        self.assertNotIn(anna, [frozenset(m["contacts"]) for m in done["merges"]])

    def test_a_rule_merges_only_what_is_still_the_same(self):
        ids = self.take_in()
        self.verb("scan")
        change = {"name": "Otto Brand", "email": "otto@brand.example", "phone": None, "birthday": "1955-05-05"}
        self.folder.json("contacts", "update", ids["d1"], support.json.dumps(change))
        done = self.folder.run("--json", "--yes", "contacts", "duplicates", "merge", "--same").json()
        self.assertNotIn({ids["s1"], ids["d1"]}, [set(merge["contacts"]) for merge in done["merges"]])
        self.assertEqual(self.folder.json("contacts", "show", ids["d1"])["name"], "Otto Brand")
        self.verb("scan")
        self.assertNotIn(frozenset((ids["s1"], ids["d1"])), self.pairs("--limit", "500"))

    def test_who_sees_only_their_own_sees_no_pairs(self):
        self.folder.json("users", "add", "eva", "--scope", "own")
        refused = self.folder.run("--json", "--user", "eva", "contacts", "duplicates")
        self.assertEqual((refused.code, refused.error()["code"]), (4, "denied"))

    def test_a_scan_that_was_killed_goes_on(self):
        with open(self.folder.root / "many.csv", "w", encoding="utf-8") as file:
            file.write("given_name,family_name,email,birthday\n")
            random.seed(3)
            for i in range(20_000):
                family = "".join(random.choice("aeiou") + random.choice("bdfgklmnprst") for _ in range(4))
                row = f"Ada{i % 97},{family.capitalize()},{family}{i % 15_000}@example.net,19{i % 60 + 30}-0{i % 9 + 1}-1{i % 9}\n"
                file.write(row * (2 if i % 10 == 0 else 1))
        self.folder.json("import", self.folder.root / "many.csv")
        with support.Serving(self.folder) as server:
            job = self.folder.json("call", "duplicates.scan")["job"]
            again = self.folder.json("call", "duplicates.scan")["job"]
            self.assertEqual(again, job)  # one at a time
            deadline = time.time() + support.PATIENCE
            while time.time() < deadline:
                now = self.folder.json("jobs", "show", job)
                if now["doing"] == "comparing" and now["done"] > 0 or now["state"] != "running":
                    break
            self.assertEqual(now["state"], "running", "it was done before it could be killed")
            server.stop(support.signal.SIGKILL)
        with support.Serving(self.folder):
            while time.time() < deadline and self.folder.json("jobs", "show", job)["state"] in ("waiting", "running"):
                time.sleep(0.1)
            done = self.folder.json("jobs", "show", job)
        self.assertEqual(done["state"], "done", done)
        self.assertTrue(done["result"]["resumed"])
        count = "SELECT count(*) AS n FROM duplicate_pair"
        pairs = self.folder.json("query", count)[0]["n"]
        twice = "SELECT count(*) AS n FROM (SELECT 1 FROM duplicate_pair GROUP BY first, second HAVING count(*) > 1)"
        self.assertEqual(self.folder.json("query", twice)[0]["n"], 0)
        # A scan from the start, with a model of its own, knows none that was missed.
        self.assertGreaterEqual(pairs, 2000)
        whole = self.verb("scan")
        self.assertFalse(whole["resumed"])
        self.assertEqual(self.folder.json("query", count)[0]["n"], pairs)
        self.assertEqual(whole["same"] + whole["review"], pairs)


@support.unittest.skipUnless(FEBRL.exists(), f"{FEBRL} is not there")
class PublicPersons(support.FolderTest):
    def test_pairs_of_the_program_are_right(self):
        fields = {"given_name": "given_name", "surname": "family_name", "date_of_birth": "birthday"}
        lines = []
        with open(FEBRL, encoding="utf-8") as file:
            for row in csv.DictReader(file, skipinitialspace=True):
                row = {name.strip(): (value or "").strip() for name, value in row.items() if name}
                contact = {ours: row[theirs] for theirs, ours in fields.items() if row[theirs]}
                street = f"{row['address_1']} {row['street_number']}".strip()
                address = {"street": street, "extended": row["address_2"], "locality": row["suburb"],
                           "postal_code": row["postcode"], "region": row["state"]}
                contact["address"] = {name: value for name, value in address.items() if value}
                contact["external_id"] = row["rec_id"]
                contact["name"] = f"{row['given_name']} {row['surname']}".strip() or "?"
                lines.append(support.json.dumps(contact))
        file = self.folder.write("febrl.jsonl", "\n".join(lines) + "\n")
        answer = self.folder.json("import", file, "--type", "contact", "--format", "jsonl", "--mode", "create")
        self.assertEqual(answer["created"], 1000, answer)
        found = self.folder.json("contacts", "duplicates", "scan")
        rows = self.folder.json("query", "SELECT p.band, a.external_id AS one, b.external_id AS other "
                                "FROM duplicate_pair p JOIN contact a ON a.id = p.first JOIN contact b ON b.id = p.second")
        right = lambda row: row["one"].split("-")[1] == row["other"].split("-")[1]
        true = sum(right(row) for row in rows)
        precision, recall = true / len(rows), true / 500
        same = [row for row in rows if row["band"] == "same"]
        print(f"pairs {len(rows)}, F1 {2 * precision * recall / (precision + recall):.4f}, same {len(same)}: "
              f"precision {sum(map(right, same)) / len(same):.4f}, recall {sum(map(right, same)) / 500:.4f}; {found}")
        self.assertGreaterEqual(2 * precision * recall / (precision + recall), 0.95)
        self.assertGreaterEqual(sum(map(right, same)) / len(same), 0.999)
        self.assertGreaterEqual(sum(map(right, same)) / 500, 0.60)


if __name__ == "__main__":
    support.main()
