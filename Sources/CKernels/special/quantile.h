// The quantile of a distribution function whose logarithm is concave.
#pragma once

// The logarithm of a tail's probability at y, and its derivative in y.
typedef struct {
  double value, slope;
} LGLogTail;

typedef LGLogTail (*LGLogTailFunction)(double a, double b, double y);

// Numbers that enclose a quantile, and the first argument.
typedef struct {
  double low, high, start;
} LGBracket;

// The argument at which an increasing, concave function of y with the parameters a and b has the
// value `target`. NaN if the iteration does not converge.
double lg_tail_quantile(LGLogTailFunction tail, double a, double b, double target,
                        LGBracket bracket);
