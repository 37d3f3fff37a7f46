import * as vscode from 'vscode';
import type { StepArguments, StepResponse } from '../../adapter/protocol.ts';
import { COMMANDS } from '../ids.ts';
import { chooseSession } from '../sessions/choose.ts';
import { messageOf, type GicSession } from '../sessions/session.ts';
import type { SessionStore } from '../sessions/store.ts';
import { EXAMPLE_FILTERS, type AccessFilters } from './access-filter.ts';

/** A search that takes longer than this shows that it is under way. */
const PROGRESS_AFTER_MS = 500;

/** The commands that move through the recording. Each takes its inputs as arguments, too: then nothing is asked. */
export function registerStepCommands(store: SessionStore, filters: AccessFilters): vscode.Disposable {
  const stepTo = async (
    direction: StepArguments['direction'],
    expression: unknown,
    sessionId: unknown,
  ): Promise<StepResponse | undefined> => {
    const given = textOf(expression);
    const session = await chooseSession(store, textOf(sessionId));
    const until = given ?? filters.current ?? (session && (await askFilter(filters)));
    if (!session || until === undefined) return undefined;
    const response = await step(session, { direction, until }, given !== undefined);
    // Only an expression that worked is worth keeping.
    if (response) filters.use(until);
    else if (given === undefined) filters.forget(until);
    return response;
  };
  const oneAccess = async (direction: StepArguments['direction'], id: unknown): Promise<StepResponse | undefined> => {
    const session = await chooseSession(store, textOf(id));
    return session && step(session, { direction }, textOf(id) !== undefined);
  };
  return vscode.Disposable.from(
    vscode.commands.registerCommand(COMMANDS.stepAccess, (id?: unknown) => oneAccess('forward', id)),
    vscode.commands.registerCommand(COMMANDS.stepBackAccess, (id?: unknown) => oneAccess('backward', id)),
    vscode.commands.registerCommand(COMMANDS.stepToMatch, (expression?: unknown, id?: unknown) =>
      stepTo('forward', expression, id),
    ),
    vscode.commands.registerCommand(COMMANDS.stepBackToMatch, (expression?: unknown, id?: unknown) =>
      stepTo('backward', expression, id),
    ),
    vscode.commands.registerCommand(COMMANDS.changeAccessFilter, async (expression?: unknown) => {
      const filter = textOf(expression) ?? (await askFilter(filters));
      if (filter !== undefined) filters.use(filter);
      return filter;
    }),
    vscode.commands.registerCommand(COMMANDS.jumpTo, async (index?: unknown, id?: unknown) => {
      const session = await chooseSession(store, textOf(id));
      if (!session) return undefined;
      const to = typeof index === 'number' ? index : await askPosition(session);
      if (to === undefined) return undefined;
      const direction = to < (session.position ?? 0) ? 'backward' : 'forward';
      return step(session, { direction, to }, typeof index === 'number');
    }),
  );
}

/** Moves the session. Errors are shown, or thrown where a program asked. */
async function step(
  session: GicSession,
  args: StepArguments,
  programmatic: boolean,
): Promise<StepResponse | undefined> {
  const request = session.request('gic/step', args);
  if (programmatic) return request;
  try {
    return await withLateProgress(args.until ?? `operation ${args.to ?? 0}`, request);
  } catch (error) {
    void vscode.window.showErrorMessage(messageOf(error));
    return undefined;
  }
}

async function withLateProgress<T>(what: string, work: Promise<T>): Promise<T> {
  const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), PROGRESS_AFTER_MS));
  const first = await Promise.race([work.then(() => 'done' as const), late]);
  if (first === 'done') return work;
  const options = { location: vscode.ProgressLocation.Notification, title: `Looking for ${what}` };
  return vscode.window.withProgress(options, () => work);
}

/** Arguments come from menus too, which pass contexts of their own: only text counts. */
function textOf(argument: unknown): string | undefined {
  return typeof argument === 'string' && argument !== '' ? argument : undefined;
}

/** Asks for an expression: one typed, used before, or an example. */
function askFilter(filters: AccessFilters): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick();
  pick.title = 'Match GIC accesses';
  pick.placeholder = 'An expression over the access, such as access.intid == 33';
  pick.ignoreFocusOut = true;
  const show = (typed: string): void => {
    const known = [
      ...filters.history.map((label) => ({ label, iconPath: new vscode.ThemeIcon('history') })),
      ...EXAMPLE_FILTERS.filter((example) => !filters.history.includes(example)).map((label) => ({
        label,
        description: 'example',
      })),
    ];
    const isKnown = typed === '' || known.some(({ label }) => label === typed);
    pick.items = isKnown ? known : [{ label: typed, description: 'use this', alwaysShow: true }, ...known];
  };
  show('');
  return new Promise((resolve) => {
    pick.onDidChangeValue((value) => show(value.trim()));
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.label);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

async function askPosition(session: GicSession): Promise<number | undefined> {
  const journal = await session.request('gic/journal', { start: 0, count: 1 });
  const text = await vscode.window.showInputBox({
    title: 'Jump to operation',
    prompt: `0 to ${journal.total}: the operation that comes next. Now: ${journal.position}.`,
    value: String(journal.position),
    validateInput: (value) => {
      const index = /^\s*\d+\s*$/.test(value) ? Number(value) : NaN;
      return index <= journal.total ? undefined : `Enter a number from 0 to ${journal.total}.`;
    },
  });
  return text === undefined ? undefined : Number(text);
}
