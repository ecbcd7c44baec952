"""An installed prefix: a project that knows nothing but find_package(autospan) and pkg-config."""

from place import Place, expect

JOB = """
#include <autospan/trace.h>
int UpdateUser(int id) { TRACE_FIELD("seen", true); return id; }
int main() { TRACE_SPAN("start"); return UpdateUser(7) == 7 ? 0 : 1; }
"""
CMAKE = """
cmake_minimum_required(VERSION 3.25)
project(stranger LANGUAGES C CXX)
set(CMAKE_CXX_STANDARD 17)
find_package(autospan REQUIRED)
add_executable(job job.cpp)
autospan_instrument(job FUNCTIONS "Update*" REQUIRED SERVICE stranger)
"""


def main():
    place = Place()
    prefix = place.directory / "prefix"
    place.run("cmake", "--install", place.build, "--prefix", prefix)
    project = place.made("project")
    (project / "job.cpp").write_text(JOB)
    (project / "CMakeLists.txt").write_text(CMAKE)
    place.run("cmake", "-S", project, "-B", project / "build", "-G", "Ninja",
              f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_C_COMPILER=clang-19",
              "-DCMAKE_CXX_COMPILER=clang++-19")
    place.run("cmake", "--build", project / "build")
    place.run(prefix / "bin/autospan", "run", "--", project / "build/job", AUTOSPAN_EXPORT="local")
    trace = place.json("view", "--last", "--json")
    names = [span["name"] for span in trace["spans"]]
    expect(names == ["job", "start", "UpdateUser"], names)
    expect(trace["spans"][2]["fields"]["id"] == 7, trace["spans"][2])
    expect(trace["spans"][2]["fields"]["seen"] is True, trace["spans"][2])

    off = project / "off"
    place.run("cmake", "-S", project, "-B", off, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}",
              "-DCMAKE_C_COMPILER=clang-19", "-DCMAKE_CXX_COMPILER=clang++-19", "-DAUTOSPAN=OFF")
    place.run("cmake", "--build", off)
    expect("autospan" not in place.run("ldd", off / "job").stdout, "compiled out: nothing is linked")

    # The installed command's own flags, and pkg-config's.
    source = project / "job.cpp"
    place.run("bash", "-c", f"clang++-19 -std=c++17 $({prefix}/bin/autospan flags --match 'Update*') "
              f"{source} -o by_flags $({prefix}/bin/autospan libs)")
    place.run("./by_flags")
    libdir = next(prefix.glob("lib*/**/pkgconfig"))
    place.run("bash", "-c", f"PKG_CONFIG_PATH={libdir} g++ -std=c++17 $(PKG_CONFIG_PATH={libdir} pkg-config "
              f"--cflags autospan) {source} -o by_pc $(PKG_CONFIG_PATH={libdir} pkg-config --libs autospan)")


if __name__ == "__main__":
    main()
