#include "queue/queue.h"

static struct queue queue;
volatile int sink;

int unused(int a) {
  return a * 3;
}

__attribute__((noinline)) static int recurse(int depth) {
  int mine[4] = {depth, depth + 1, depth + 2, depth + 3};
  if (depth > 0)
    mine[depth & 3] += recurse(depth - 1);
  sink = mine[depth & 3];
  return mine[0] + mine[1] + sink;
}

int work(int count) {
  int sum = 0;
  for (int i = 0; i < count; i++) {
    queue_push(&queue, i);
    sum += recurse(i & 7);
  }

  while (!queue_empty(&queue))
    sum += queue_pop(&queue);
  switch (sum & 7) {
    case 0: sink = 1; break;
    case 1: sink = 10; break;
    case 2: sink = 5; break;
    case 3: sink = 80; break;
    case 4: sink = recurse(3); break;
    case 5: sink = recurse(sum); break;
  }
  return sum;
}

void interrupt(void) { queue_push(&queue, sink); }

int one_line(int a) { return a + queue_empty(&queue); }
