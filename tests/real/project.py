"""What is told of a project that is compiled whole with the plugin: a recipe is a file below projects/."""
import dataclasses
import importlib
import pathlib

HERE = pathlib.Path(__file__).resolve().parent


@dataclasses.dataclass
class Program:
    """A test program of the project's own suite, and how it tells what passed (suites.py)."""
    name: str
    kind: str  # gtest, doctest or status
    arguments: tuple = ()
    folder: str = ""  # where the program lies in the build tree
    reads: tuple = ()  # folders of the source that it looks for where it runs


@dataclasses.dataclass
class Project:
    package: str              # Debian's source package
    programs: list            # of Program
    cmake: tuple = ()         # arguments to cmake; {source} is the unpacked source
    lists: str = ""           # our own CMakeLists.txt, where theirs asks for more than a suite
    standard: str = ""        # -std=…, where theirs is not the choice
    budget: str = "off"       # AUTOSPAN_SITE_BUDGET; off: every call is a span, however hot
    why: str = ""             # why it is in the corpus
    # In the suite, and left out plain and instrumented alike.
    left_out: tuple = ()      # (program, test, reason)

    def skipped(self, program):
        return [test for name, test, _ in self.left_out if name == program.name]


def names():
    return sorted(path.stem.replace("_", "-") for path in (HERE / "projects").glob("*.py")
                  if path.stem != "__init__")


def load(name):
    return importlib.import_module("projects." + name.replace("-", "_")).PROJECT
