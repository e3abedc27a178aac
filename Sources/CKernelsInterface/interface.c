// Compiled again when a prototype changes, and after it the Swift modules.
#include "CKernelsInterface.h"
