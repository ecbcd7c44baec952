// What the plugin knows of a function: plain data, gathered once from the AST, so that rules and
// plan decide without clang and can be tested without it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace clang {
class FieldDecl;  // a handle: nothing that decides looks into it
}

namespace autospan::plugin {

// How a value can be captured. Everything not named here is opaque: only its type is recorded.
enum class ValueKind {
  kOpaque,
  kBool,
  kSigned,
  kUnsigned,
  kWide,  // __int128: as 64 bits where it fits, else as a double that is marked as cut
  kFloat,
  kDouble,
  kChar,       // char, wchar_t, char8_t, char16_t, char32_t
  kEnum,       // with the names of its enumerators
  kCString,    // char*, null-safe
  kCharArray,  // reference to an array of char: read up to its bound
  kString,     // has data() and size(): std::string, std::string_view
  kPath,       // has native() which is a kString: std::filesystem::path
  kPointer,    // an address, never followed
  kDuration,   // a number of ticks and what a tick is
  kTime,       // the same since the Unix epoch

  // Of several fields, or of one that is not always there.
  kOptional,   // parts: what it holds
  kExpected,   // parts: what it holds, and `error`
  kVariant,    // parts: the alternatives
  kErrorCode,  // std::error_code, std::error_condition
  kSequence,   // a container that knows its size; parts: an element, or a map's key and its value
  kRecord,     // parts: members, or what std::get takes out of a tuple
  kHooked,     // has an autospan_fields of the user's
};

struct Enumerator {
  std::string name;
  std::int64_t value = 0;
};

// One step from a value to a value inside it. Methods are those of std types only.
struct Step {
  enum What {
    kMember,     // .member
    kHeld,       // what an optional or expected holds, if it does
    kError,      // what an expected holds otherwise
    kElement,    // std::get<index>() of a tuple
    kCall,       // .method()
    kExtent,     // the bound of an array: a constant
  };
  What what = kMember;
  clang::FieldDecl* member = nullptr;
  std::uint64_t index = 0;
  const char* method = nullptr;
};
using Path = std::vector<Step>;

struct PartFacts;

struct ValueFacts {
  ValueKind kind = ValueKind::kOpaque;
  std::string type_name;  // without reference and qualifiers
  std::vector<Enumerator> enumerators;
  bool fixed = true;       // kEnum: every number of the underlying type is a value of it
  Path path;               // from the object to what of it is read
  std::int64_t ticks = 1;  // kDuration, kTime: nanoseconds = count * ticks / per
  std::int64_t per = 1;
  bool cut = false;  // parts were left out: too deep
  std::vector<PartFacts> parts;
};

struct PartFacts {
  std::string name;  // empty: the same field as the whole
  Path path;         // from the whole
  bool hidden = false;  // private or protected
  bool redact = false;  // AUTOSPAN_REDACT
  std::vector<std::string> type_names;
  ValueFacts value;
};

struct ParamFacts {
  std::string name;  // empty: unnamed in the source
  unsigned index = 0;
  ValueFacts value;
  std::vector<std::string> type_names;  // every name in its type, typedefs and arguments included
  bool redact = false;                  // AUTOSPAN_REDACT
};

struct ReturnFacts {
  bool present = false;  // false: void, or left as it is
  ValueFacts value;
  std::vector<std::string> type_names;
  bool status = false;     // a class with ok()
  std::string message;     // the member that says why not, as text; empty: none does
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
  bool coroutine = false;
  std::string obstacle;  // why it can carry no span; empty: it can
  bool only_by_name = false;  // never by a pattern such as `*`
  Annotations annotations;
  BodySize size;

  // Gathered only for functions that are selected.
  std::string signature;
  std::vector<ParamFacts> params;
  ReturnFacts returned;
};

}  // namespace autospan::plugin
