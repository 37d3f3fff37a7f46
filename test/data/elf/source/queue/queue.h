#pragma once

enum { CAPACITY = 16 };

struct queue {
  int values[CAPACITY];
  unsigned head, tail;
};

static inline int queue_empty(const struct queue *q) {
  return q->head == q->tail;
}

static inline __attribute__((always_inline)) void queue_push(struct queue *q, int value) {
  unsigned at = q->head++;
  q->values[at % CAPACITY] = value;
}

int queue_pop(struct queue *q);
