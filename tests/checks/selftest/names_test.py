from support import CheckTest

TYPE = "namespace mortise::host {\n\nstruct Finding {\n    int row;\n};\n\n} // namespace mortise::host\n"


class Names(CheckTest):
    check = "names"

    def test_accepts_names_that_differ_or_are_not_seen_elsewhere(self):
        self.assert_accepts({
            "host/a/finding.hpp": TYPE,
            "host/b/finding.hpp": TYPE.replace("mortise::host", "mortise::host::matching"),
            "host/b/finding.cpp": "namespace mortise::host {\nnamespace {\n\nstruct Finding {\n};\n\n} // namespace\n\n} // namespace mortise::host\n",
            "host/b/other.hpp": "namespace mortise::host {\n\nstruct Finding;\n\nstruct Other {\n    struct Finding {\n    };\n};\n\n} // namespace mortise::host\n",
            "host/a/tests/a_test.cpp": TYPE,
        })  # fmt: skip

    def test_refuses_two_of_one_name(self):
        self.assert_refuses({"host/a/finding.hpp": TYPE, "host/b/finding.hpp": TYPE}, "mortise::host::Finding is defined in host/a/finding.hpp:3 too")

    def test_refuses_one_in_a_source_behind_a_nameless_namespace(self):
        source = "namespace mortise::host {\nnamespace {\n\nint x;\n\n} // namespace\n\nclass Finding final : public Base {\n};\n\n} // namespace mortise::host\n"
        self.assert_refuses({"host/a/finding.hpp": TYPE, "host/b/b.cpp": source}, "host/b/b.cpp:8")


