from project import Program, Project

PROJECT = Project(
    package="snappy",
    why="bytes moved by pointers to what is no text",
    cmake=("-DSNAPPY_BUILD_TESTS=ON", "-DSNAPPY_BUILD_BENCHMARKS=OFF", "-DSNAPPY_INSTALL=OFF", "-DBUILD_SHARED_LIBS=ON"),
    programs=[Program("snappy_unittest", "gtest", reads=("testdata",))])
