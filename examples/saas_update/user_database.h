// The product's own database, in SQLite: users, plans and who is behind with paying.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "user.h"

// Every method throws std::runtime_error with SQLite's own words. One thread.
class UserDatabase {
 public:
  // Opens or creates `file` with its tables; ":memory:" lives as long as this object.
  explicit UserDatabase(const std::string& file);

  bool Empty();
  void Fill(const std::vector<Plan>& plans, const std::vector<User>& users);

  // At most `limit` users with an id above `after_id`, in the order of their ids.
  std::vector<User> QueryUsers(std::int64_t after_id, int limit);
  // A declined card: our own access control reads this.
  void MarkPastDue(std::int64_t user_id, std::string_view reason);

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  void Execute(const char* sql);
  Statement Prepare(std::string_view sql);
  void Bind(const Statement& statement, int index, std::int64_t value);
  void Bind(const Statement& statement, int index, std::string_view value);
  // True for a row, false at the end.
  bool Step(const Statement& statement);
  void Check(int code, std::string_view what);

  std::unique_ptr<sqlite3, Close> database_;
};

// All of them, read a page at a time: a table of any size never holds a lock for long.
std::vector<User> ReadAllUsers(UserDatabase& database);
