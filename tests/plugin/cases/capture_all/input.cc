// The same types where a rule asks for all members and elements.
#include "../../support/capture_rows.h"
