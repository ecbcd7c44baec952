#include "wire/site_json.h"

#include <algorithm>

#include "wire/byte_buffer.h"
#include "wire/field_names.h"
#include "wire/json_number.h"
#include "wire/json_text.h"

namespace autospan::wire {

// Found by address, believed by content: a table that the addresses came from may be gone.
const SiteJson& SiteMemory::of_text(const SpanData& span) {
  const auto mix = reinterpret_cast<std::uintptr_t>(span.name.data()) * 31 +
                   reinterpret_cast<std::uintptr_t>(span.code_function.data()) + span.code_lineno;
  Entry& entry = entries_[(mix ^ (mix >> 9)) % kSites];
  if (entry.number == 0 && entry.json.head_bytes_ != 0 && entry.lineno == span.code_lineno &&
      entry.name == span.name && entry.function == span.code_function &&
      entry.filepath == span.code_filepath)
    return entry.json;
  const SiteJson& json = make(entry, span);
  entry.name = span.name;
  entry.function = span.code_function;
  entry.filepath = span.code_filepath;
  entry.lineno = span.code_lineno;
  return json;
}

const SiteJson& SiteMemory::make(Entry& entry, const SpanData& span) {
  entry = Entry();  // if something throws, the site is simply not remembered
  ByteBuffer out;
  out.append(R"({"name":)");
  bool cut = append_json_text(out, span.name);
  const auto add = [&](std::string_view key, std::string_view text) {
    if (text.empty()) return;
    out.append(key);
    cut |= append_json_text(out, text);
  };
  add(R"(,"code.function":)", span.code_function);
  add(R"(,"code.filepath":)", span.code_filepath);
  if (span.code_lineno != 0) {
    char* p = put(out.reserve(64), R"(,"code.lineno":)");
    out.set_end(put_unsigned(p, span.code_lineno));
  }
  out.append(R"(,"trace.trace_id":")");

  SiteJson json;
  json.cut_ = cut;
  json.bytes_ = out.view();
  json.head_bytes_ = out.size();
  if (span.site) add_names(json, *span.site);
  json.bytes_.append(kSlack, '\0');
  json.bytes_.shrink_to_fit();
  entry.json = std::move(json);
  entry.number = span.site ? span.site->number : 0;
  return entry.json;
}

// As far as each is a name of its own.
void SiteMemory::add_names(SiteJson& json, const SpanSite& site) const {
  std::vector<std::string> wire;
  for (std::string_view key : site.keys) {
    std::optional<FieldNames::Name> name = FieldNames::make(key);
    const auto is = [&](const std::string& other) { return other == name->wire; };
    if (!name || wire.size() == FieldNames::kFew || std::any_of(wire.begin(), wire.end(), is) ||
        std::any_of(taken_.begin(), taken_.end(), is))
      return;
    json.names_.push_back({std::uint32_t(json.bytes_.size()), std::uint32_t(name->json.size())});
    json.bytes_ += name->json;
    wire.push_back(std::move(name->wire));
  }
}

}  // namespace autospan::wire
