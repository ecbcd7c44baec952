"""One flag pair, no CMake: compile, link, run, see; and nothing at all where nothing matches."""

from place import Place, expect

PROGRAM = """
#include <stdexcept>
#include <string>
namespace billing {
enum class Plan { basic, gold };
int UpdateStripe(int user_id, const std::string& email, Plan plan, const char* password) {
  if (plan == Plan::gold) throw std::runtime_error("card declined");
  return user_id + static_cast<int>(email.size()) + (password ? 1 : 0);
}
}
int main() {
  int sum = billing::UpdateStripe(1, "ada@example.com", billing::Plan::basic, "hunter2");
  try { billing::UpdateStripe(2, "bob@example.com", billing::Plan::gold, nullptr); }
  catch (const std::exception&) { ++sum; }
  return sum > 0 ? 0 : 1;
}
"""


def main():
    place = Place()
    source = place.directory / "job.cpp"
    source.write_text(PROGRAM)
    shell = (f"clang++-19 $({place.bin('autospan')} flags --match 'Update*' --service billing) job.cpp -o job "
             f"$({place.bin('autospan')} libs)")
    # A file that an unquoted * would expand to must not get in the way.
    (place.directory / "Update_me").write_text("")
    done = place.run("bash", "-c", shell)
    expect(done.stderr == "", f"no output: {done.stderr}")

    needed = place.run("ldd", "./job").stdout
    expect("libautospan.so.1" in needed, needed)
    expect("curl" not in needed and "ssl" not in needed, f"no network library: {needed}")

    place.run("./job", AUTOSPAN_EXPORT="local")
    trace = place.json("view", "--last", "--json")
    (span,) = trace["spans"]
    expect(span["name"] == "billing::UpdateStripe", span["name"])
    expect(span["status"] == "error" and span["fields"]["exception.message"] == "card declined", span)
    expect(span["fields"]["plan"] == "gold" and span["fields"]["user_id"] == 2, span["fields"])
    expect(span["fields"]["password"] == "[redacted]", span["fields"])
    expect(span["process"]["service"] == "billing", span["process"])
    stored = "".join(path.read_text() for path in (place.store / "inbox").iterdir())
    expect("hunter2" not in stored, "the secret is nowhere")

    plugin = place.build / "lib/autospan/AutospanClang-19.so"
    flags = [f"-fplugin={plugin}", "-fplugin-arg-autospan-match=NoSuch*"]
    for extra in (["-O0"], ["-O2"], ["-O2", "-g"]):
        place.run("clang++-19", *extra, "-c", "job.cpp", "-o", "plain.o")
        done = place.run("clang++-19", *extra, *flags, "-Werror", "-c", "job.cpp", "-o", "none.o")
        same = (place.directory / "plain.o").read_bytes() == (place.directory / "none.o").read_bytes()
        expect(same, f"{extra}: byte-identical object")
        expect("NoSuch*" in done.stderr, f"warns that the rule matched nothing: {done.stderr}")

    bad = place.run("clang++-19", f"-fplugin={plugin}", "-fplugin-arg-autospan-nonsense=1", "-c",
                    "job.cpp", check=False)
    expect(bad.returncode != 0 and "nonsense" in bad.stderr, bad.stderr)


if __name__ == "__main__":
    main()
