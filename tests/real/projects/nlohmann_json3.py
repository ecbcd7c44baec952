from project import Program, Project

# Those that need no file of the test data, which is a download of its own.
TESTS = """algorithms allocator alt-string capacity class_parser conversions element_access1 json_pointer
modifiers udt""".split()

PROJECT = Project(
    package="nlohmann-json3",
    why="one header of templates, exceptions in most of its tests",
    lists="nlohmann_json3",
    cmake=("-DSOURCE={source}", "-DTESTS=" + ";".join(TESTS)),
    standard="c++17",
    programs=[Program(name, "doctest", ("--reporters=xml",)) for name in TESTS])
