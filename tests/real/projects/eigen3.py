from project import Program, Project

TESTS = """array_of_string determinant exceptions initializer_list_construction nullary redux
symbolic_index visitor""".split()

PROJECT = Project(
    package="eigen3",
    why="expression templates, vector types, alignment",
    lists="eigen3",
    cmake=("-DSOURCE={source}", "-DTESTS=" + ";".join(TESTS)),
    standard="c++17",
    # Its tests draw random matrices: the same ones each time, and few rounds of them.
    programs=[Program(name, "status", ("r2", "s7")) for name in TESTS])
