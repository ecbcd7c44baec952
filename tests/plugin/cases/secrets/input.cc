// Secrets by the name of a parameter or of its type never reach the call.
#include <autospan/annotate.h>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>
using Password = std::string;
struct SessionToken {
  int n;
};
enum class TokenKind { a };
typedef char api_key_t[8];
void globs(const std::string& password, const char* DB_PASSWD, int secret, std::string_view authToken,
           const char* apiKey, const char* api_key, const char* stripe_api_secret_key, int Cookies,
           const char* credentials, const char* private_key) {}
void words(int pwd, int userPwd, int auth, int auth_header, int httpAuth, int HTTPAuth,
           int authorization, int Authorization) {}
void not_secret(int author, int authority, int authorize, int pwdx, int key, int passwor) {}
void by_type(Password p, SessionToken t, const SessionToken* pointer, TokenKind kind,
             std::vector<SessionToken> all, std::optional<Password> maybe, const api_key_t array) {}
void annotated(AUTOSPAN_REDACT int pin, int open, AUTOSPAN_REDACT const char* phrase);
void annotated(int pin, int open, const char* phrase) {}
template <class T>
void in_template(AUTOSPAN_REDACT T hidden, T shown) {}
struct Client {
  void login(AUTOSPAN_REDACT const std::string& phrase, int attempt);
};
void Client::login(const std::string& words, int attempt) {}
int main() {
  globs("canary-1", "canary-2", 3, "canary-4", "canary-5", "canary-6", "canary-7", 8, "canary-9",
        "canary-10");
  words(1, 2, 3, 4, 5, 6, 7, 8);
  not_secret(1, 2, 3, 4, 5, 6);
  by_type("canary-p", {}, nullptr, TokenKind::a, {}, "canary-m", "canary");
  annotated(1234, 1, "canary-phrase");
  in_template(1, 2);
  Client().login("canary", 1);
}
