"""Builds a project's test programs: plain or with a span in every function, at -O2 or sanitized."""
import dataclasses
import hashlib
import pathlib
import subprocess

from sources import last_lines

HERE = pathlib.Path(__file__).resolve().parent
LEVELS = {
    "O2": ["-O2", "-g0"],
    "sanitized": ["-O1", "-gline-tables-only", "-fsanitize=address,undefined", "-fno-omit-frame-pointer"],
}


@dataclasses.dataclass
class Tools:
    build: pathlib.Path  # our own build tree
    clang: str           # the major
    rules: str = ""      # a rules file in place of match=*

    def cli(self, *words):
        """The words that `autospan flags` or `autospan libs` prints."""
        done = subprocess.run([str(self.build / "bin/autospan"), *words], text=True, check=True,
                              stdout=subprocess.PIPE)
        return done.stdout.split()

    def flags(self):
        selection = ["--rules", self.rules] if self.rules else ["--match", "*"]
        return self.cli("flags", *selection, "--min-statements", "0")

    def fingerprint(self):
        """Of what decides an instrumented object beside its source and flags."""
        seen = hashlib.sha256()
        for path in sorted((self.build / "lib/autospan").iterdir()):
            if path.is_file():
                seen.update(path.read_bytes())
        if self.rules:
            seen.update(pathlib.Path(self.rules).read_bytes())
        return seen.hexdigest()


class Failed(Exception):
    pass


class Tree:
    """One build tree of a project."""

    def __init__(self, tools, project, source, work, level, instrumented):
        self.tools = tools
        self.project = project
        self.source = source
        self.level = level
        self.instrumented = instrumented
        self.dir = work / project.package / f"{level}-{'spans' if instrumented else 'plain'}"

    def run(self, command, step):
        log = self.dir / f"{step}.log"
        with open(log, "w") as out:
            done = subprocess.run([str(word) for word in command], stdout=out, stderr=subprocess.STDOUT)
        if done.returncode:
            raise Failed(f"{self.project.package}: {step} failed in {self.dir}, see {log}:\n" +
                         last_lines(log.read_text(errors="replace")))

    def configure_command(self):
        flags, link = list(LEVELS[self.level]), [f for f in LEVELS[self.level] if "sanitize" in f]
        if self.project.standard:
            flags.append(f"-std={self.project.standard}")
        if self.instrumented:
            flags += self.tools.flags()
            link += ["-Wl,--no-as-needed", *self.tools.cli("libs")]
        top = HERE / "projects" / self.project.lists if self.project.lists else self.source
        joined, linked = " ".join(flags), " ".join(link)
        return ["cmake", "-S", top, "-B", self.dir, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=None",
                f"-DCMAKE_C_COMPILER=clang-{self.tools.clang}",
                f"-DCMAKE_CXX_COMPILER=clang++-{self.tools.clang}",
                f"-DCMAKE_C_FLAGS={' '.join(f for f in flags if not f.startswith('-std='))}",
                f"-DCMAKE_CXX_FLAGS={joined}",
                f"-DCMAKE_EXE_LINKER_FLAGS={linked}", f"-DCMAKE_SHARED_LINKER_FLAGS={linked}",
                f"-DCMAKE_C_COMPILER_LAUNCHER={HERE / 'timed_compile'}",
                f"-DCMAKE_CXX_COMPILER_LAUNCHER={HERE / 'timed_compile'}",
                "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", "-DCMAKE_POLICY_DEFAULT_CMP0056=NEW",
                *(word.format(source=self.source) for word in self.project.cmake)]

    def prepare(self):
        """Configures where the command is another than last time."""
        self.dir.mkdir(parents=True, exist_ok=True)
        command = self.configure_command()
        if renewed(self.dir / "configured", "\n".join(map(str, command))):
            self.run(command, "configure")
            remember(self.dir / "configured", "\n".join(map(str, command)))

    def make(self, jobs):
        """Rebuilds what is older than its source, and all that another plugin made."""
        self.prepare()
        if self.instrumented and renewed(self.dir / "plugin", self.tools.fingerprint()):
            self.run(["ninja", "-C", self.dir, "-t", "clean"], "clean")
            remember(self.dir / "plugin", self.tools.fingerprint())
        self.run(["ninja", "-C", self.dir, f"-j{jobs}", *(p.name for p in self.project.programs)], "build")

    def program(self, program):
        return self.dir / program.folder / program.name

    def objects(self):
        return sorted(path for path in self.dir.rglob("*.o") if "CMakeFiles" in path.parts and
                      "CMakeScratch" not in path.parts)

    def seconds(self):
        """User time of each compile, by object."""
        found = {}
        for made in self.objects():
            noted = made.with_name(made.name + ".seconds")
            if noted.exists():
                found[str(made.relative_to(self.dir))] = float(noted.read_text().split()[-1])
        return found

    def text(self):
        """Bytes of text in all objects."""
        done = subprocess.run(["size", "-t", *map(str, self.objects())], text=True, check=True,
                              stdout=subprocess.PIPE)
        return int(done.stdout.splitlines()[-1].split()[0])


def renewed(path, text):
    return not path.exists() or path.read_text() != text


def remember(path, text):
    path.write_text(text)
