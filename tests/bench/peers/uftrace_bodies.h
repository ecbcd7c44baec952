#pragma once

void traced();
void traced_int_str(long n, const char* text);
