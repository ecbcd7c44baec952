from project import Program, Project

TESTS = """args-test assert-test chrono-test color-test core-test gtest-extra-test format-test format-impl-test
ostream-test compile-test compile-fp-test printf-test ranges-test scan-test std-test unicode-test xchar-test
enforce-checks-test""".split()

PROJECT = Project(
    package="fmtlib",
    why="constexpr parsers, consteval format strings, type erasure",
    cmake=("-DCMAKE_CXX_STANDARD=20", "-DFMT_DOC=OFF", "-DFMT_INSTALL=OFF"),
    programs=[Program(name, "gtest", folder="bin") for name in TESTS])
