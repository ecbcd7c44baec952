from project import Program, Project

TESTS = """fault_injection_test issue178_test issue200_test issue320_test env_test status_test no_destructor_test
autocompact_test corruption_test db_test dbformat_test filename_test log_test recovery_test skiplist_test
version_edit_test version_set_test write_batch_test memenv_test filter_block_test table_test arena_test
bloom_test cache_test coding_test crc32c_test hash_test logging_test env_posix_test""".split()

PROJECT = Project(
    package="leveldb",
    why="an ordinary library: threads, files, virtual calls",
    budget="2%",  # as shipped: four billion calls, most of them of one line
    cmake=("-DLEVELDB_BUILD_TESTS=ON", "-DLEVELDB_BUILD_BENCHMARKS=ON", "-DLEVELDB_INSTALL=OFF"),
    programs=[Program("c_test", "status")] + [Program(name, "gtest") for name in TESTS])
