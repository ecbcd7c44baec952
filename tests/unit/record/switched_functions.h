// Functions in the shape that the plugin gives them, optimised like those of a program.
#pragma once

#include <cstddef>

#include "autospan/abi.h"

namespace autospan::test {

int bare_int(int n);
int switched_int(int n);                          // span "switched::Int"
int bare_text(int n, const char* text, std::size_t length);
int switched_text(int n, const char* text, std::size_t length);  // "switched::Text"
int bare_calls(int n);
int switched_calls(int n);                        // "switched::Calls": calls another function
void switched_nested(int depth);                  // "switched::Nested", depth spans deep

// Two functions whose sites come to the recorder through one call: "switched::First", "::Second".
void first_of_helper();
void second_of_helper();

}  // namespace autospan::test
