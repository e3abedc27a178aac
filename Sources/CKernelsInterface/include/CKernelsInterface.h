// The prototypes of the kernels. A Swift module waits until the C targets that it names are
// compiled; `Tensors` names this one, which has no loops, and is compiled while the kernels are.
//
// The name matters: SwiftPM compiles the C files in the reverse order of their targets' names, and
// this one must come before `CKernels`.
#pragma once

#include "CKernels.h"
