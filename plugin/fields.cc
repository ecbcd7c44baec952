// See fields.h.
#include "fields.h"

#include <autospan/abi.h>

#include "secrets.h"

namespace autospan::plugin {
namespace {

// What a value of this kind may be instead: absent, or of another type.
bool varies(ValueKind kind) {
  return kind == ValueKind::kCString || kind == ValueKind::kVariant || kind == ValueKind::kWide;
}

bool is_conditional(const Path& path) {
  for (const Step& step : path)
    if (step.what == Step::kHeld || step.what == Step::kError) return true;
  return false;
}

Path joined(Path path, const Path& more) {
  path.insert(path.end(), more.begin(), more.end());
  return path;
}

class Flattener {
 public:
  Flattener(const ParamFacts& param, const Wanted& wanted, const SecretNames& secrets,
            SpanPlan* plan)
      : param_(param),
        wanted_(wanted),
        secrets_(secrets),
        plan_(plan),
        first_(plan->fields.size()),
        first_late_(plan->late.size()) {}

  // `name` is how rules call it, `key` how the wire does; they differ for reserved names.
  void value(const std::string& name, const std::string& key, const Path& path,
             const ValueFacts& value) {
    switch (value.kind) {
      case ValueKind::kOptional:
        if (is_closed(name, value.parts.front().value)) return leaf(key, path, opaque(value));
        [[fallthrough]];
      case ValueKind::kExpected:
        for (const PartFacts& part : value.parts) this->part(name, key, path, part);
        return;
      case ValueKind::kErrorCode:
        return error_code(key, path, value);
      case ValueKind::kSequence:
        return sequence(name, key, path, value);
      case ValueKind::kRecord:
        return record(name, key, path, value);
      case ValueKind::kHooked:
        return late(key, path, value);
      default:
        if (value.cut && wanted_.takes(name)) cut_ = true;
        return leaf(key, joined(path, value.path), value);
    }
  }

  // Says at the last field with data that there was more.
  void mark_cut() {
    if (!cut_) return;
    for (std::size_t i = plan_->fields.size(); i-- > first_;)
      if (plan_->fields[i].has_data()) {
        plan_->fields[i].truncated = true;
        return;
      }
  }

 private:
  bool full() {
    const bool full =
        plan_->fields.size() - first_ + plan_->late.size() - first_late_ >= kFieldsMax;
    if (full) cut_ = true;
    return full;
  }

  // An object of the user's that no rule opens.
  bool is_closed(const std::string& name, const ValueFacts& value) const {
    return value.kind == ValueKind::kRecord && !wanted_.reaches(name);
  }
  static ValueFacts opaque(const ValueFacts& value) {
    ValueFacts closed;
    closed.type_name = value.type_name;
    return closed;
  }

  FieldPlan field(const std::string& key, const Path& path, const ValueFacts& value) const {
    FieldPlan made;
    made.key = key;
    made.param_index = param_.index;
    made.path = path;
    made.value = value;
    made.type = abi_type(value.kind);
    made.maybe = made.has_data() && (varies(value.kind) || is_conditional(path));
    return made;
  }

  void leaf(const std::string& key, const Path& path, const ValueFacts& value) {
    if (!full()) plan_->fields.push_back(field(key, path, value));
  }
  void late(const std::string& key, const Path& path, const ValueFacts& value) {
    if (!full()) plan_->late.push_back(field(key, path, value));
  }

  void part(const std::string& name, const std::string& key, const Path& path,
            const PartFacts& part) {
    const std::string below = part.name.empty() ? "" : "." + part.name;
    if (is_secret(secrets_, part)) {
      if (full()) return;
      plan_->fields.push_back(field(key + below, {}, {}));
      plan_->fields.back().type = AUTOSPAN_REDACTED;
      return;
    }
    value(name + below, key + below, joined(path, part.path), part.value);
  }

  // The number goes with the call; the texts cost a call each.
  void error_code(const std::string& key, const Path& path, const ValueFacts& value) {
    ValueFacts number;
    number.kind = ValueKind::kSigned;
    Step step;
    step.what = Step::kCall;
    step.method = "value";
    leaf(key + ".code", joined(path, {step}), number);
    late(key, path, value);
  }

  void sequence(const std::string& name, const std::string& key, const Path& path,
                const ValueFacts& value) {
    ValueFacts size;
    size.kind = ValueKind::kUnsigned;
    leaf(key + ".size", joined(path, value.path), size);
    if (!value.parts.empty() && wanted_.takes(name)) late(key, path, value);
  }

  void record(const std::string& name, const std::string& key, const Path& path,
              const ValueFacts& value) {
    if (is_closed(name, value)) return leaf(key, path, opaque(value));
    const std::size_t before = plan_->fields.size() + plan_->late.size();
    for (const PartFacts& part : value.parts) {
      const std::string below = name + "." + part.name;
      if (part.hidden ? wanted_.names(below) : wanted_.reaches(below))
        this->part(name, key, path, part);
    }
    if (plan_->fields.size() + plan_->late.size() == before) leaf(key, path, opaque(value));
  }

  const ParamFacts& param_;
  const Wanted& wanted_;
  const SecretNames& secrets_;
  SpanPlan* plan_;
  const std::size_t first_, first_late_;
  bool cut_ = false;
};

}  // namespace

std::uint8_t abi_type(ValueKind kind) {
  switch (kind) {
    case ValueKind::kBool:
      return AUTOSPAN_BOOL;
    case ValueKind::kSigned:
    case ValueKind::kWide:
      return AUTOSPAN_I64;
    case ValueKind::kUnsigned:
      return AUTOSPAN_U64;
    case ValueKind::kFloat:
      return AUTOSPAN_F32;
    case ValueKind::kDouble:
      return AUTOSPAN_F64;
    case ValueKind::kChar:
      return AUTOSPAN_CHAR;
    case ValueKind::kEnum:
      return AUTOSPAN_ENUM;
    case ValueKind::kCString:
    case ValueKind::kCharArray:
    case ValueKind::kString:
    case ValueKind::kPath:
    case ValueKind::kVariant:
      return AUTOSPAN_STR;
    case ValueKind::kPointer:
      return AUTOSPAN_PTR;
    case ValueKind::kDuration:
      return AUTOSPAN_DURATION;
    case ValueKind::kTime:
      return AUTOSPAN_TIME;
    default:
      return AUTOSPAN_OPAQUE;
  }
}

void add_fields(const ParamFacts& param, const std::string& root, const Wanted& wanted,
                const SecretNames& secrets, SpanPlan* plan) {
  if (is_secret(secrets, param)) {
    plan->fields.emplace_back();
    plan->fields.back().key = root;
    plan->fields.back().param_index = param.index;
    plan->fields.back().type = AUTOSPAN_REDACTED;
    return;
  }
  Flattener flat(param, wanted, secrets, plan);
  flat.value(param.name, root, {}, param.value);
  flat.mark_cut();
}

}  // namespace autospan::plugin
