// What of every type is captured where no rule says more.
#include "../../support/capture_rows.h"
