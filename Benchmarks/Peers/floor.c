// Times the floor of a training step of the Graph VAE (He et al., ICLR 2019): only the matrix products
// of its dense layers, forward and backward, by OpenBLAS, and one pass of Adam over the parameters.
//
// Prints one line of JSON: the median times of the products, of Adam, and of their sum in milliseconds
// (products_ms, adam_ms, step_ms) over 60 rounds, and the operations of the products (gflop).
//
//   cc -O3 -march=native -ffast-math floor.c -o floor -lopenblas -lm
//   OPENBLAS_NUM_THREADS=2 ./floor 5 16 64        nodes, variables of a node, images of a batch
//
// Table: "A training step" of Benchmarks/RESULTS.md. Our side: benchmark-training-step.
// Scripts/compare-training-step compiles and runs this program, our side and JAX alternately.
#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { max_layers = 4096, max_width = 1024, warm_up = 5, rounds = 60 };

static const char usage[] =
    "usage: floor NODES DIMENSION BATCH\n"
    "Times the matrix products of a training step of the Graph VAE by OpenBLAS, and one pass of Adam.\n"
    "NODES (1 to 64) is the number of latent nodes, DIMENSION that of a node's variables, with at most\n"
    "1024 in all, and BATCH (1 to 65536) that of images.\n";

static struct {
  int inputs, outputs;
} layers[max_layers];
static int layer_count;
static size_t parameter_count;

static void add_layer(int inputs, int outputs) {
  layers[layer_count].inputs = inputs;
  layers[layer_count++].outputs = outputs;
  parameter_count += (size_t)inputs * outputs + outputs;
}

// A perceptron, and the layers that map its output to a mean and the logarithm of a variance.
static void add_head(int inputs, int dimension) {
  add_layer(inputs, 128);
  add_layer(128, dimension);
  add_layer(dimension, dimension);
  add_layer(dimension, dimension);
}

// The networks of the paper's appendix B for images of 784 pixels.
static void add_networks(int nodes, int dimension) {
  const int encoder[] = {784, 512, 512, 256, 128};
  const int decoder[] = {nodes * dimension, 256, 512, 512, 784};
  for (int i = 0; i < 4; i++) {
    add_layer(encoder[i], encoder[i + 1]);
    add_layer(decoder[i], decoder[i + 1]);
  }
  for (int parents = 0; parents < nodes; parents++) {
    add_head(128, dimension);
    // The posterior and the prior have separate networks of the parents.
    for (int net = 0; net < 2 && parents > 0; net++) add_head(parents * dimension, dimension);
  }
}

static double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + 1e-9 * time.tv_nsec;
}

static float *random_numbers(size_t count) {
  float *numbers = aligned_alloc(64, (4 * count + 63) / 64 * 64);
  if (!numbers) {
    fprintf(stderr, "floor: no memory for %zu numbers\n", count);
    exit(1);
  }
  for (size_t i = 0; i < count; i++) numbers[i] = rand() / (float)RAND_MAX - 0.5f;
  return numbers;
}

// The output of each layer, and the gradients of its weights and of its input.
static void multiply(int batch, const float *weights, float *gradients, float *x, float *y) {
  for (int l = 0; l < layer_count; l++) {
    const int a = layers[l].inputs, b = layers[l].outputs;
    cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasNoTrans, batch, b, a, 1, x, a, weights, b, 0, y, b);
    cblas_sgemm(
        CblasRowMajor, CblasTrans, CblasNoTrans, a, b, batch, 1, x, a, y, b, 0, gradients, b);
    // The gradient of the images is not needed.
    if (l > 0) {
      cblas_sgemm(
          CblasRowMajor, CblasNoTrans, CblasTrans, batch, a, b, 1, y, b, weights, b, 0, x, a);
    }
    weights += (size_t)a * b;
    gradients += (size_t)a * b;
    // Keeps the numbers small, at the cost of a part of a pass.
    for (int i = 0; i < batch * max_width; i += 64) {
      x[i] *= 1e-3f;
      y[i] *= 1e-3f;
    }
  }
}

static void adam(float *restrict w, const float *restrict g, float *restrict m, float *restrict v) {
  for (size_t i = 0; i < parameter_count; i++) {
    m[i] = 0.9f * m[i] + 0.1f * g[i];
    v[i] = 0.999f * v[i] + 0.001f * g[i] * g[i];
    w[i] -= 1e-6f * m[i] / (sqrtf(v[i]) + 1e-8f);
  }
}

static int ascending(const void *x, const void *y) {
  const double difference = *(const double *)x - *(const double *)y;
  return (difference > 0) - (difference < 0);
}

static double median_ms(double *times) {
  qsort(times, rounds, sizeof *times, ascending);
  return times[rounds / 2] * 1e3;
}

// A whole number from 1 to `most`; the usage and status 2 if the text is none.
static int number(const char *text, int most) {
  char *end;
  const long value = strtol(text, &end, 10);
  if (end == text || *end || value < 1 || value > most) {
    fputs(usage, stderr);
    exit(2);
  }
  return value;
}

int main(int count, char **arguments) {
  if (count == 2 && !strcmp(arguments[1], "--help")) {
    fputs(usage, stdout);
    return 0;
  }
  if (count != 4) {
    fputs(usage, stderr);
    return 2;
  }
  const int nodes = number(arguments[1], 64);
  const int dimension = number(arguments[2], max_width / nodes), batch = number(arguments[3], 65536);
  add_networks(nodes, dimension);
  float *weights = random_numbers(parameter_count), *gradients = random_numbers(parameter_count);
  float *means = random_numbers(parameter_count), *squares = random_numbers(parameter_count);
  float *x = random_numbers((size_t)batch * max_width), *y = random_numbers((size_t)batch * max_width);
  // A mean of squares is not negative.
  for (size_t i = 0; i < parameter_count; i++) squares[i] = fabsf(squares[i]);

  double products[rounds], passes[rounds], flops = 0;
  for (int l = 0; l < layer_count; l++) flops += 6.0 * batch * layers[l].inputs * layers[l].outputs;
  for (int round = -warm_up; round < rounds; round++) {
    const double start = seconds();
    multiply(batch, weights, gradients, x, y);
    const double middle = seconds();
    adam(weights, gradients, means, squares);
    const double end = seconds();
    if (round < 0) continue;
    products[round] = middle - start;
    passes[round] = end - middle;
  }
  const double products_ms = median_ms(products), adam_ms = median_ms(passes);
  printf(
      "{\"floor\": true, \"nodes\": %d, \"node_dim\": %d, \"batch\": %d, \"gflop\": %.3f, "
      "\"products_ms\": %.3f, \"adam_ms\": %.3f, \"step_ms\": %.3f}\n",
      nodes, dimension, batch, flops / 1e9, products_ms, adam_ms, products_ms + adam_ms);
}
