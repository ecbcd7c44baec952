#include "user_database.h"

#include <stdexcept>

namespace {

constexpr int kPageUsers = 500;

constexpr const char* kSchema = R"(
  PRAGMA foreign_keys = ON;
  CREATE TABLE IF NOT EXISTS plans (
    name          TEXT PRIMARY KEY,
    monthly_cents INTEGER NOT NULL CHECK (monthly_cents >= 0)
  );
  CREATE TABLE IF NOT EXISTS users (
    id       INTEGER PRIMARY KEY,
    email    TEXT NOT NULL UNIQUE,
    plan     TEXT NOT NULL REFERENCES plans (name),
    past_due TEXT                                    -- why, or null
  );
)";

std::string Text(sqlite3_stmt* row, int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
  const int bytes = sqlite3_column_bytes(row, column);
  return text == nullptr ? std::string() : std::string(text, static_cast<std::size_t>(bytes));
}

}  // namespace

UserDatabase::UserDatabase(const std::string& file) {
  sqlite3* database = nullptr;
  const int code = sqlite3_open(file.c_str(), &database);
  database_.reset(database);  // SQLite hands out an object to close even where it failed
  Check(code, "open " + file);
  sqlite3_busy_timeout(database, 5'000);
  Execute(kSchema);
}

bool UserDatabase::Empty() { return !Step(Prepare("SELECT 1 FROM users LIMIT 1")); }

void UserDatabase::Fill(const std::vector<Plan>& plans, const std::vector<User>& users) {
  Execute("BEGIN IMMEDIATE");
  const Statement plan_insert = Prepare("INSERT INTO plans (name, monthly_cents) VALUES (?, ?)");
  for (const Plan& plan : plans) {
    Bind(plan_insert, 1, plan.name);
    Bind(plan_insert, 2, plan.monthly_cents);
    Step(plan_insert);
    sqlite3_reset(plan_insert.get());
  }
  const Statement user_insert = Prepare("INSERT INTO users (id, email, plan) VALUES (?, ?, ?)");
  for (const User& user : users) {
    Bind(user_insert, 1, user.id);
    Bind(user_insert, 2, user.email);
    Bind(user_insert, 3, user.plan);
    Step(user_insert);
    sqlite3_reset(user_insert.get());
  }
  Execute("COMMIT");
}

std::vector<User> UserDatabase::QueryUsers(std::int64_t after_id, int limit) {
  const Statement rows = Prepare(
      "SELECT users.id, users.email, plans.name, plans.monthly_cents"
      "  FROM users JOIN plans ON plans.name = users.plan"
      " WHERE users.id > ? ORDER BY users.id LIMIT ?");
  Bind(rows, 1, after_id);
  Bind(rows, 2, std::int64_t{limit});

  std::vector<User> users;
  while (Step(rows)) {
    users.push_back({sqlite3_column_int64(rows.get(), 0), Text(rows.get(), 1), Text(rows.get(), 2),
                     sqlite3_column_int64(rows.get(), 3)});
  }
  return users;
}

void UserDatabase::MarkPastDue(std::int64_t user_id, std::string_view reason) {
  const Statement update = Prepare("UPDATE users SET past_due = ? WHERE id = ?");
  Bind(update, 1, reason);
  Bind(update, 2, user_id);
  Step(update);
}

std::vector<User> ReadAllUsers(UserDatabase& database) {
  std::vector<User> users;
  for (;;) {
    std::vector<User> page = database.QueryUsers(users.empty() ? 0 : users.back().id, kPageUsers);
    const bool last = page.size() < static_cast<std::size_t>(kPageUsers);
    users.insert(users.end(), std::make_move_iterator(page.begin()),
                 std::make_move_iterator(page.end()));
    if (last) return users;
  }
}

void UserDatabase::Execute(const char* sql) {
  Check(sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr), sql);
}

UserDatabase::Statement UserDatabase::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                      &statement, nullptr);
  Check(code, sql);
  return Statement(statement);
}

void UserDatabase::Bind(const Statement& statement, int index, std::int64_t value) {
  Check(sqlite3_bind_int64(statement.get(), index, value), "bind");
}

void UserDatabase::Bind(const Statement& statement, int index, std::string_view value) {
  Check(sqlite3_bind_text(statement.get(), index, value.data(), static_cast<int>(value.size()),
                          SQLITE_TRANSIENT),
        "bind");
}

bool UserDatabase::Step(const Statement& statement) {
  const int code = sqlite3_step(statement.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) Check(code, sqlite3_sql(statement.get()));
  return false;
}

void UserDatabase::Check(int code, std::string_view what) {
  if (code == SQLITE_OK) return;
  throw std::runtime_error("database: " + std::string(what) + ": " +
                           sqlite3_errmsg(database_.get()));
}
