#include "api_answer.h"

#include <utility>

namespace {

using nlohmann::json;

std::string TextAt(const json& object, const char* key, std::string_view otherwise) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>()
                                                     : std::string(otherwise);
}

}  // namespace

ApiError::ApiError(std::string_view api, long status, std::string code, std::string_view message)
    : std::runtime_error(std::string(api) + ": " + std::string(message) + " (HTTP " +
                         std::to_string(status) + ", " + code + ")"),
      status_(status),
      code_(std::move(code)) {}

json ReadAnswer(std::string_view api, const HttpResponse& response) {
  json body = json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  if (response.status < 200 || response.status >= 300) {
    const json error = body.is_object() ? body.value("error", json::object()) : json::object();
    throw ApiError(api, response.status, TextAt(error, "code", "no code"),
                   TextAt(error, "message", "the request was refused"));
  }
  if (body.is_discarded()) throw ApiError(api, response.status, "bad_body", "answer is no JSON");
  return body;
}
