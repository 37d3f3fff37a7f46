import type { HandlerTable } from '../request.ts';
import { BREAKPOINTS } from './breakpoints.ts';
import { DATA_BREAKPOINTS } from './data-breakpoints.ts';
import { EVALUATE } from './evaluate.ts';
import { EXCEPTIONS } from './exceptions.ts';
import { DIVERGENCE } from './gic/divergence.ts';
import { EDIT } from './gic/edit.ts';
import { LOOK } from './gic/look.ts';
import { STEP_TO } from './gic/step.ts';
import { LIFECYCLE } from './lifecycle.ts';
import { MEMORY } from './memory.ts';
import { RUN } from './run.ts';
import { SOURCES } from './sources.ts';
import { STACK } from './stack.ts';

/** Every request this adapter answers. */
export const REQUESTS: HandlerTable = {
  ...LIFECYCLE,
  ...RUN,
  ...STACK,
  ...SOURCES,
  ...BREAKPOINTS,
  ...DATA_BREAKPOINTS,
  ...EVALUATE,
  ...EXCEPTIONS,
  ...MEMORY,
  ...LOOK,
  ...STEP_TO,
  ...EDIT,
  ...DIVERGENCE,
};
