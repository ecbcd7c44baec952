// The calendar is Howard Hinnant's days_from_civil / civil_from_days (public domain derivation,
// https://howardhinnant.github.io/date_algorithms.html): no table, no time zone, no libc state.
#include "wire/time_text.h"

#include "wire/digits.h"

namespace autospan::wire {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;

struct Date {
  std::int64_t year;
  unsigned month, day;
};

Date date_of(std::int64_t days) {
  days += 719'468;  // from 0000-03-01
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto day_of_era = static_cast<unsigned>(days - era * 146'097);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const unsigned day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned month_from_march = (5 * day_of_year + 2) / 153;
  const unsigned month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * month_from_march + 2) / 5 + 1};
}

std::int64_t days_of(Date date) {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = static_cast<unsigned>(year - era * 400);
  const unsigned month_from_march = date.month > 2 ? date.month - 3 : date.month + 9;
  const unsigned day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + static_cast<std::int64_t>(day_of_era) - 719'468;
}

unsigned days_in(std::int64_t year, unsigned month) {
  constexpr unsigned char kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// A reader of fixed-width digits and separators; `ok` goes false once and stays.
struct Scan {
  const char* p;
  const char* end;
  bool ok = true;

  unsigned digits(int count) {
    unsigned v = 0;
    for (; count > 0; --count) {
      if (p == end || *p < '0' || *p > '9') return ok = false, 0u;
      v = v * 10 + static_cast<unsigned>(*p++ - '0');
    }
    return v;
  }
  bool one_of(std::string_view set) {
    if (p == end || set.find(*p) == set.npos) return ok = false;
    ++p;
    return true;
  }
  bool next_is(char c) const { return p != end && *p == c; }
};

std::int64_t scan_fraction_ns(Scan& scan) {
  if (!scan.next_is('.')) return 0;
  ++scan.p;
  std::int64_t ns = 0, unit = kNsPerSecond / 10;
  int digits = 0;
  for (; scan.p != scan.end && *scan.p >= '0' && *scan.p <= '9'; ++scan.p, ++digits, unit /= 10)
    ns += (*scan.p - '0') * unit;
  if (digits == 0) scan.ok = false;
  return ns;
}

std::int64_t scan_offset_seconds(Scan& scan) {
  if (scan.next_is('Z') || scan.next_is('z')) return ++scan.p, 0;
  const bool west = scan.next_is('-');
  if (!scan.one_of("+-")) return 0;
  const unsigned hours = scan.digits(2);
  scan.one_of(":");
  const unsigned minutes = scan.digits(2);
  if (hours > 23 || minutes > 59) scan.ok = false;
  const std::int64_t seconds = static_cast<std::int64_t>(hours) * 3600 + minutes * 60;
  return west ? -seconds : seconds;
}

}  // namespace

char* put_time(char* p, std::int64_t unix_ns) {
  std::int64_t seconds = unix_ns / kNsPerSecond;
  std::int64_t ns = unix_ns % kNsPerSecond;
  if (ns < 0) ns += kNsPerSecond, --seconds;
  std::int64_t days = seconds / kSecondsPerDay;
  std::int64_t second_of_day = seconds % kSecondsPerDay;
  if (second_of_day < 0) second_of_day += kSecondsPerDay, --days;
  const Date date = date_of(days);
  const auto second = static_cast<std::uint32_t>(second_of_day);
  const auto fraction = static_cast<std::uint32_t>(ns);
  p = put_four(p, static_cast<std::uint32_t>(date.year));
  *p++ = '-';
  p = put_pair(p, date.month);
  *p++ = '-';
  p = put_pair(p, date.day);
  *p++ = 'T';
  p = put_pair(p, second / 3600);
  *p++ = ':';
  p = put_pair(p, second / 60 % 60);
  *p++ = ':';
  p = put_pair(p, second % 60);
  *p++ = '.';
  p = put_four(p, fraction / 100'000);
  p = put_four(p, fraction / 10 % 10'000);
  *p++ = static_cast<char>('0' + fraction % 10);
  *p++ = 'Z';
  return p;
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  Scan scan{text.data(), text.data() + text.size()};
  Date date{};
  date.year = scan.digits(4);
  scan.one_of("-");
  date.month = scan.digits(2);
  scan.one_of("-");
  date.day = scan.digits(2);
  scan.one_of("Tt ");
  const unsigned hour = scan.digits(2);
  scan.one_of(":");
  const unsigned minute = scan.digits(2);
  scan.one_of(":");
  const unsigned second = scan.digits(2);  // 60: a leap second, shown as the next one
  const std::int64_t fraction_ns = scan_fraction_ns(scan);
  const std::int64_t offset_seconds = scan_offset_seconds(scan);
  if (!scan.ok || scan.p != scan.end) return std::nullopt;
  if (date.month < 1 || date.month > 12 || date.day < 1 ||
      date.day > days_in(date.year, date.month))
    return std::nullopt;
  if (hour > 23 || minute > 59 || second > 60) return std::nullopt;

  const std::int64_t seconds =
      days_of(date) * kSecondsPerDay + hour * 3600 + minute * 60 + second - offset_seconds;
  std::int64_t ns;
  if (__builtin_mul_overflow(seconds, kNsPerSecond, &ns) ||
      __builtin_add_overflow(ns, fraction_ns, &ns)) {
    // The first second of the range begins before it: its product overflows, its sum does not.
    std::int64_t later;
    if (seconds >= 0 || __builtin_mul_overflow(seconds + 1, kNsPerSecond, &later) ||
        __builtin_add_overflow(later, fraction_ns - kNsPerSecond, &ns))
      return std::nullopt;
  }
  return ns;
}

}  // namespace autospan::wire
