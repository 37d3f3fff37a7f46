#include "queue.h"

static int low(int value) {
  return value & 0xff;
}

int queue_pop(struct queue *q) {
  if (queue_empty(q))
    return -1;
  return low(q->values[q->tail++ % CAPACITY]);
}
