// See elements.h. Iterators are counted, dereferenced and advanced by their own members: a
// comparison or an operator that is looked up by its arguments might be the user's.
#include "elements.h"

#include <autospan/abi.h>
#include <clang/AST/ASTContext.h>

#include <string>

#include "capture.h"
#include "secrets.h"

namespace autospan::plugin {
namespace {

using Statements = llvm::SmallVector<clang::Stmt*, 8>;

// A map by texts is an object, any other a list of pairs.
bool is_object(const ValueFacts& facts) {
  if (facts.parts.size() != 2) return false;
  const ValueKind key = facts.parts[0].value.kind;
  return key == ValueKind::kString || key == ValueKind::kCString || key == ValueKind::kPath;
}

class Writer {
 public:
  Writer(const Ink& ink, clang::VarDecl* json) : ink_(ink), build_(ink.build), json_(json) {}

  clang::Stmt* call(const char* function, llvm::ArrayRef<clang::Expr*> more) {
    llvm::SmallVector<clang::Expr*, 4> arguments = {build_.address(json_)};
    arguments.append(more.begin(), more.end());
    return build_.statement(build_.call_named(function, arguments));
  }

  // `outermost`: what overflows is taken back by its elements.
  void sequence(const ValueFacts& facts, const Value& whole, bool outermost, Statements* out) {
    const bool map = facts.parts.size() == 2;
    const bool object = is_object(facts);
    out->push_back(call("__autospan_json_open", {character(object ? '{' : '[')}));
    out->push_back(loop(facts, whole, [&](const Value& element, Statements* body) {
      if (map)
        entry(facts, element, object, body);
      else
        value(facts.parts[0].value, element, body);
      if (outermost) body->push_back(call("__autospan_json_keep", {}));
    }));
    if (!outermost) out->push_back(call("__autospan_json_close", {character(object ? '}' : ']')}));
  }

 private:
  clang::Expr* character(char c) { return build_.integer(static_cast<unsigned char>(c)); }

  void text(const std::string& text, Statements* out, bool cut = false) {
    clang::Expr* slot =
        build_.call(ink_.words.slot_text, {build_.text(text), build_.integer(text.size(), 64)});
    if (cut) slot = build_.call(ink_.words.slot_cut, {slot});
    out->push_back(call("__autospan_json_slot", {slot}));
  }
  // `cut`: it would have been opened, were it not so deep.
  void type_only(const ValueFacts& facts, bool cut, Statements* out) {
    text("<" + facts.type_name + ">", out, cut);
  }

  void value(const ValueFacts& facts, const Value& whole, Statements* out) {
    switch (facts.kind) {
      case ValueKind::kEnum:
        return enumerator(facts, whole, out);
      case ValueKind::kOptional:
        return optional(facts, whole, out);
      case ValueKind::kRecord:
        return object(facts, whole, out);
      case ValueKind::kSequence:
        if (!facts.parts.empty()) return sequence(facts, whole, /*outermost=*/false, out);
        return type_only(facts, /*cut=*/true, out);
      case ValueKind::kErrorCode:
        out->push_back(call(
            "__autospan_json_slot",
            {build_.call(ink_.words.slot_word, {build_.word(build_.call_member(whole(), "value")),
                                                build_.integer(AUTOSPAN_I64)})}));
        return;
      default:
        if (!is_one_word_or_text(facts.kind) && facts.kind != ValueKind::kVariant)
          return type_only(facts, facts.cut, out);
        out->push_back(call("__autospan_json_slot", {slot_of(build_, ink_.words, facts,
                                                             reach(build_, whole, facts.path))}));
    }
  }

  void enumerator(const ValueFacts& facts, const Value& whole, Statements* out) {
    clang::VarDecl* table = enum_table(build_, ink_.words, facts, ink_.unit);
    out->push_back(call("__autospan_json_enum", {word_of(build_, ink_.words, facts, whole),
                                                 table == nullptr ? nullptr : build_.name(table),
                                                 build_.integer(facts.enumerators.size(), 64)}));
  }

  void optional(const ValueFacts& facts, const Value& whole, Statements* out) {
    const PartFacts& held = facts.parts.front();
    Statements some, none;
    value(held.value, reach(build_, whole, held.path), &some);
    none.push_back(call("__autospan_json_slot", {build_.call(ink_.words.slot_none, {})}));
    out->push_back(
        build_.when(build_.call_member(whole(), "has_value"), whole_of(some), whole_of(none)));
  }

  void object(const ValueFacts& facts, const Value& whole, Statements* out) {
    out->push_back(call("__autospan_json_open", {character('{')}));
    for (const PartFacts& part : facts.parts) {
      if (part.hidden) continue;
      out->push_back(call("__autospan_json_key",
                          {build_.text(part.name), build_.integer(part.name.size(), 64)}));
      if (is_secret(ink_.unit->secrets, part))
        text("[redacted]", out);
      else
        value(part.value, reach(build_, whole, part.path), out);
    }
    out->push_back(call("__autospan_json_close", {character('}')}));
  }

  // "key":value, or [key,value] where the key is no text.
  void entry(const ValueFacts& facts, const Value& pair, bool object, Statements* out) {
    const Value key = [&] { return build_.member_named(pair(), "first"); };
    const Value mapped = [&] { return build_.member_named(pair(), "second"); };
    if (object) {
      Statements shown;
      value(facts.parts[1].value, mapped, &shown);
      out->push_back(build_.when(
          build_.call_named(
              "__autospan_json_map_key",
              {build_.address(json_), slot_of(build_, ink_.words, facts.parts[0].value, key),
               build_.integer(ink_.unit->secrets.defaults ? 1 : 0), build_.text(secret_globs())}),
          whole_of(shown)));
      return;
    }
    out->push_back(call("__autospan_json_open", {character('[')}));
    value(facts.parts[0].value, key, out);
    value(facts.parts[1].value, mapped, out);
    out->push_back(call("__autospan_json_close", {character(']')}));
  }

  // One after another, each with a zero behind it.
  std::string secret_globs() const {
    std::string all;
    for (const std::string& glob : ink_.unit->secrets.globs) all.append(glob).push_back('\0');
    return all;
  }

  // for (n = limit(size), at = begin(); n; --n, ++at) {…}
  template <class Body>
  clang::Stmt* loop(const ValueFacts& facts, const Value& whole, Body body) {
    clang::Expr* size = reach(build_, whole, facts.path)();
    const bool array = facts.path.front().what == Step::kExtent;
    clang::Expr* first = array ? build_.decay(whole()) : build_.call_member(whole(), "begin");
    if (size == nullptr || first == nullptr) return nullptr;
    clang::VarDecl* at = local("__autospan_at", first->getType().getUnqualifiedType(), first);
    clang::VarDecl* left =
        local("__autospan_left", build_.context().getSizeType(),
              build_.call_named("__autospan_json_limit", {build_.address(json_), size}));
    if (at == nullptr || left == nullptr) return nullptr;
    const bool pointer = at->getType()->isPointerType();
    const Value element = [&] {
      return pointer ? build_.dereference(build_.name(at))
                     : build_.call_operator(build_.name(at), clang::OO_Star);
    };
    Statements inside;
    body(element, &inside);
    inside.push_back(build_.statement(
        pointer ? next(at) : build_.call_operator(build_.name(at), clang::OO_PlusPlus)));
    clang::Stmt* counted = build_.count_down(left, whole_of(inside));
    if (counted == nullptr) return nullptr;
    return build_.block({build_.declare(at), build_.declare(left), counted});
  }

  clang::Expr* next(clang::VarDecl* pointer) {
    const auto bytes =
        build_.context().getTypeSizeInChars(pointer->getType()->getPointeeType()).getQuantity();
    return build_.call_named(
        "__autospan_json_next",
        {build_.address(pointer), build_.integer(static_cast<std::uint64_t>(bytes), 64)});
  }

  clang::VarDecl* local(const char* name, clang::QualType type, clang::Expr* initialiser) {
    clang::VarDecl* made = build_.variable(ink_.function, name, type, clang::SC_None, initialiser);
    if (made != nullptr) ink_.function->addHiddenDecl(made);
    return made;
  }

  clang::Stmt* whole_of(const Statements& statements) {
    return llvm::is_contained(statements, nullptr) ? nullptr : build_.block(statements);
  }

  const Ink& ink_;
  const Build& build_;
  clang::VarDecl* json_;
};

}  // namespace

clang::Stmt* write_elements(const Ink& ink, const FieldPlan& field, const Value& container) {
  const Build& build = ink.build;
  if (ink.words.json == nullptr) return nullptr;
  clang::VarDecl* json =
      build.unset_variable(ink.function, "__autospan_json", build.type_of(ink.words.json));
  if (json == nullptr) return nullptr;
  ink.function->addHiddenDecl(json);
  Writer writer(ink, json);
  Statements all = {build.declare(json), writer.call("__autospan_json_begin", {})};
  writer.sequence(field.value, container, /*outermost=*/true, &all);
  all.push_back(
      writer.call("__autospan_json_end",
                  {build.integer(static_cast<unsigned>(is_object(field.value) ? '}' : ']')),
                   build.text(field.key), build.integer(field.key.size(), 64)}));
  return llvm::is_contained(all, nullptr) ? nullptr : build.block(all);
}

}  // namespace autospan::plugin
