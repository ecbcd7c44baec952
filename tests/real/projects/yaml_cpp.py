from project import Program, Project

PROJECT = Project(
    package="yaml-cpp",
    why="a parser that throws on every bad document",
    cmake=("-DYAML_CPP_BUILD_TESTS=ON", "-DBUILD_TESTING=ON", "-DYAML_CPP_BUILD_TOOLS=OFF",
           "-DCMAKE_CXX_STANDARD=14"),
    programs=[Program("yaml-cpp-tests", "gtest", folder="test")])
