#include "script.h"

#include <cstdlib>
#include <map>
#include <sstream>

namespace recorder {
namespace {

const std::map<std::string, Step::Kind> kWords = {
    {"ok", Step::Kind::kOk},
    {"hang", Step::Kind::kHang},
    {"reset", Step::Kind::kReset},
    {"accept-reset", Step::Kind::kAcceptReset},
    {"garbage", Step::Kind::kGarbage},
    {"empty", Step::Kind::kEmpty},
    {"short-array", Step::Kind::kShortArray},
    {"long-array", Step::Kind::kLongArray},
    {"drip", Step::Kind::kDrip},
    {"echo", Step::Kind::kEcho},
};

bool parse_step(std::string text, Step& step) {
  if (const std::size_t star = text.find('*'); star != text.npos) {
    step.times = star + 1 == text.size() ? -1 : std::atoi(text.c_str() + star + 1);
    text.resize(star);
  }
  const std::string kRetryAfter = ":retry-after=";
  if (const std::size_t at = text.find(kRetryAfter); at != text.npos) {
    step.retry_after = text.substr(at + kRetryAfter.size());
    text.resize(at);
  }
  const std::string kStatuses = "statuses=";
  if (text.rfind(kStatuses, 0) == 0) {
    step.kind = Step::Kind::kStatuses;
    std::istringstream list(text.substr(kStatuses.size()));
    for (std::string status; std::getline(list, status, '/');)
      step.statuses.push_back(std::atoi(status.c_str()));
    return !step.statuses.empty();
  }
  if (const auto word = kWords.find(text); word != kWords.end()) {
    step.kind = word->second;
    return true;
  }
  step.kind = Step::Kind::kStatus;
  step.status = std::atoi(text.c_str());
  return step.status >= 100 && step.status < 600;
}

}  // namespace

bool Script::parse(const std::string& text, std::string& error) {
  std::istringstream list(text);
  for (std::string word; std::getline(list, word, ',');) {
    const std::string kAbove = "413-above=";
    if (word.rfind(kAbove, 0) == 0) {
      events_max_ = std::strtoul(word.c_str() + kAbove.size(), nullptr, 10);
      continue;
    }
    Step step;
    if (!parse_step(word, step)) {
      error = "--script: '" + word + "' is no step";
      return false;
    }
    steps_.push_back(step);
  }
  return true;
}

Step Script::take() {
  const std::lock_guard lock(mutex_);
  if (at_ == steps_.size()) return {};
  Step& step = steps_[at_];
  if (step.times > 0 && --step.times == 0) ++at_;
  return step;
}

}  // namespace recorder
