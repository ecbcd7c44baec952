// What the plugin knows of a function: plain data, gathered once from the AST, so that rules and
// plan decide without clang and can be tested without it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace autospan::plugin {

// How a value can be captured. Everything not named here is opaque: only its type is recorded.
enum class ValueKind {
  kOpaque,
  kBool,
  kSigned,
  kUnsigned,
  kFloat,
  kDouble,
  kChar,       // char, wchar_t, char8_t, char16_t, char32_t
  kEnum,       // with the names of its enumerators
  kCString,    // char*, null-safe
  kCharArray,  // reference to an array of char: read up to its bound
  kString,     // has data() and size(): std::string, std::string_view
  kPath,       // has native() which is a kString: std::filesystem::path
  kPointer,    // an address, never followed
};

struct Enumerator {
  std::string name;
  std::int64_t value = 0;
};

struct ValueFacts {
  ValueKind kind = ValueKind::kOpaque;
  bool optional = false;  // a std::optional of that kind
  std::string type_name;  // without reference and qualifiers
  std::vector<Enumerator> enumerators;
};

struct ParamFacts {
  std::string name;  // empty: unnamed in the source
  unsigned index = 0;
  ValueFacts value;
  std::vector<std::string> type_names;  // every name in its type, typedefs and arguments included
  bool redact = false;                  // AUTOSPAN_REDACT
};

// What AUTOSPAN_SPAN and its family say of a function.
struct Annotations {
  bool span = false;
  bool skip = false;
  bool root = false;
  std::string span_name;  // of AUTOSPAN_SPAN_NAMED
};

struct BodySize {
  unsigned statements = 0;
  bool works = false;  // holds a call, a loop or inline asm
};

struct FunctionFacts {
  std::string own_name;        // `UpdateStripe`, `operator+`, `~Job`, `(lambda)`
  std::string qualified_name;  // `billing::UpdateStripe`: no parameters, no template arguments
  std::string file;
  unsigned line = 0;
  bool in_system_header = false;
  std::string obstacle;  // why it can carry no span; empty: it can
  Annotations annotations;
  BodySize size;

  // Gathered only for functions that are selected.
  std::string signature;
  std::vector<ParamFacts> params;
};

}  // namespace autospan::plugin
