import { runMocha } from '../host/mocha.ts';

/** Runs inside VS Code's extension host. */
export const run = (): Promise<void> =>
  runMocha(
    () => import('./story.ts'),
    () => import('./editing.ts'),
    () => import('./tree.ts'),
    () => import('./panel.ts'),
    () => import('./views.ts'),
    () => import('./simulated.ts'),
    () => import('./target.ts'),
    () => import('./divergence.ts'),
    () => import('./open.ts'),
    () => import('./trouble.ts'),
  );
