#include <math.h>

#include "../include/reference.h"

static double activated(double z, LGFusedActivation f) {
  switch (f) {
    case LGFusedActivationIdentity: return z;
    case LGFusedActivationRelu: return z > 0 ? z : 0;
    case LGFusedActivationElu: return z > 0 ? z : expm1(z);
    case LGFusedActivationTanh: return tanh(z);
  }
}

void lg_reference_batch_norm(LGLayerColumns part, LGBatchNorm norm, const double *x, double *y) {
  const double *scale = norm.scale, *shift = norm.shift, n = (double)part.rows;
  double *mean = norm.mean, *variance = norm.variance, *deviation = norm.inverse_deviation;
  for (ptrdiff_t j = part.first; j < part.last; j++) {
    if (!norm.is_given) {
      mean[j] = variance[j] = 0;
      for (ptrdiff_t r = 0; r < part.rows; r++) mean[j] += x[r * part.columns + j] / n;
      for (ptrdiff_t r = 0; r < part.rows; r++) {
        const double distance = x[r * part.columns + j] - mean[j];
        variance[j] += distance * distance / n;
      }
    }
    deviation[j] = 1 / sqrt(variance[j] + norm.epsilon);
    for (ptrdiff_t r = 0; r < part.rows; r++) {
      const double z = (x[r * part.columns + j] - mean[j]) * deviation[j];
      y[r * part.columns + j] = activated(z * scale[j] + shift[j], part.activation);
    }
  }
}

void lg_reference_adam(LGAdam step, ptrdiff_t n, const double *g, double *p, double *m, double *v) {
  for (ptrdiff_t i = 0; i < n; i++) {
    const double gradient = g[i] * step.g_scale;
    m[i] += step.m_pace * (gradient - m[i]);
    v[i] += step.v_pace * (gradient * gradient - v[i]);
    const double change = m[i] * step.m_scale / (sqrt(v[i] * step.v_scale) + step.epsilon);
    p[i] -= step.rate * (change + step.decay * p[i]);
  }
}

// Variable j of row r of moments, with the rows of a batch repeated.
typedef struct {
  double mean, variance;
} Normal;

static Normal normal(const double *moments, ptrdiff_t r, ptrdiff_t rows, ptrdiff_t k, ptrdiff_t j) {
  const double *row = moments + r % rows * 2 * k;
  return (Normal){row[j], exp(row[k + j])};
}

void lg_reference_normal_density(LGNormalRows rows, const double *a, const double *b,
                                 double *density) {
  for (ptrdiff_t r = rows.begin; r < rows.end; r++) {
    density[r] = 0;
    for (ptrdiff_t j = 0; j < rows.k; j++) {
      const Normal p = normal(a, r, rows.a_rows, rows.k, j);
      const double distance = b[r % rows.b_rows * rows.k + j] - p.mean;
      density[r] -= 0.5 * (log(2 * M_PI * p.variance) + distance * distance / p.variance);
    }
  }
}

void lg_reference_normal_divergence(LGNormalRows rows, const double *a, const double *b,
                                    double *divergence) {
  for (ptrdiff_t r = rows.begin; r < rows.end; r++) {
    divergence[r] = 0;
    for (ptrdiff_t j = 0; j < rows.k; j++) {
      const Normal q = normal(a, r, rows.a_rows, rows.k, j);
      const Normal p = normal(b, r, rows.b_rows, rows.k, j);
      const double ratio = q.variance / p.variance, distance = q.mean - p.mean;
      divergence[r] += 0.5 * (ratio - 1 - log(ratio) + distance * distance / p.variance);
    }
  }
}

void lg_reference_normal_fusion(LGNormalRows rows, const double *a, const double *b,
                                double *moments) {
  for (ptrdiff_t r = rows.begin; r < rows.end; r++)
    for (ptrdiff_t j = 0; j < rows.k; j++) {
      const Normal p = normal(a, r, rows.a_rows, rows.k, j);
      const Normal q = normal(b, r, rows.b_rows, rows.k, j);
      const double precision = 1 / p.variance + 1 / q.variance;
      moments[r * 2 * rows.k + j] = (p.mean / p.variance + q.mean / q.variance) / precision;
      moments[r * 2 * rows.k + rows.k + j] = -log(precision);
    }
}
