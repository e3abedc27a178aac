// Newton's method in a bracket.
#include "quantile.h"

#include <math.h>

// Newton's method increases monotonically to the root of a concave function, after its first step.
// Rounding can break this where the tail is the complement of a large probability; a step that
// leaves the bracket is then replaced by its middle.
double lg_tail_quantile(LGLogTailFunction tail, double a, double b, double target,
                        LGBracket bracket) {
  double y = bracket.start;
  // The bounds are rounded too.
  double low = bracket.low - 1e-12 * fmax(1, fabs(bracket.low));
  double high = bracket.high + 1e-12 * fmax(1, fabs(bracket.high));
  for (int i = 0; i < 200; i++) {
    const LGLogTail at = tail(a, b, y);
    if (at.value > target) {
      high = y;
    } else {
      low = y;
    }
    double next = y + (target - at.value) / at.slope;
    if (!(next >= low && next <= high)) next = 0.5 * low + 0.5 * high;
    const double step = fabs(next - y), tolerance = 1e-12 * fmax(1, fabs(next));
    y = next;
    if (step <= tolerance) return y;
  }
  return NAN;
}
