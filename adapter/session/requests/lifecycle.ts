import { Event } from '@vscode/debugadapter';
import type { Arguments } from '../arguments.ts';
import type { Client } from '../client.ts';
import { FILTERS } from '../breakpoints/filters.ts';
import { Debuggee } from '../debuggee.ts';
import {
  readLaunchConfiguration,
  readMachineConfiguration,
  type LaunchConfiguration,
} from '../launch-configuration.ts';
import { isProgram, loadMachine } from '../load-machine.ts';
import { machineFace } from '../machine/face.ts';
import { shareWithGdb } from '../machine/gdb.ts';
import { Terminal } from '../machine/terminal.ts';
import { recordedFace } from '../recorded-face.ts';
import type { Session } from '../session-state.ts';
import { beginTarget } from '../target/begin.ts';
import { readTargetConfiguration } from '../target/configuration.ts';
import { loadGuest, reportLines } from '../load.ts';
import { Progress } from '../progress.ts';
import { RequestError } from '../request-error.ts';
import type { HandlerTable } from '../request.ts';
import type { DebugProtocol } from '@vscode/debugprotocol';

/** What this adapter can do, whichever guest it debugs. */
export const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsStepBack: true,
  supportsSteppingGranularity: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsBreakpointLocationsRequest: true,
  supportsDataBreakpoints: true,
  supportsExceptionFilterOptions: true,
  supportsExceptionInfoRequest: true,
  exceptionBreakpointFilters: [...FILTERS],
  supportsSetVariable: true,
  supportsSetExpression: true,
  supportsEvaluateForHovers: true,
  supportsClipboardContext: true,
  supportsCompletionsRequest: true,
  completionTriggerCharacters: ['.', '(', '[', '_'],
  supportsReadMemoryRequest: true,
  supportsWriteMemoryRequest: true,
  supportsLoadedSourcesRequest: true,
  supportsTerminateRequest: true,
  supportsCancelRequest: true,
  supportsSingleThreadExecutionRequests: false,
};

/** From `initialize` to `disconnect`. */
export const LIFECYCLE: HandlerTable = {
  initialize(session, args) {
    if (args.has('pathFormat') && args.string('pathFormat') !== 'path') {
      throw new RequestError('initialize: this adapter understands native paths only');
    }
    session.client.initialize(args);
    return CAPABILITIES;
  },

  async launch(session, args, request) {
    if (args.has('server')) {
      await toTarget(session, args, request);
      return;
    }
    const configuration = aloud(() => readLaunchConfiguration(args));
    const isCancelled = session.beginLaunch(request.seq);
    const progress = new Progress(session.client, 'Loading', request.seq);
    try {
      const { program, stopOnEntry } = configuration;
      const debuggee = (await isProgram(program))
        ? await launchMachine(session.client, program, args)
        : await launchRecording(session.client, configuration, progress, isCancelled);
      begun(session, debuggee, stopOnEntry);
    } finally {
      progress.end();
      session.endLaunch();
    }
  },

  async attach(session, args, request) {
    await toTarget(session, args, request);
  },

  configurationDone(session) {
    session.configured();
  },

  /** A hint: whatever is answered already, or quick, is left alone. */
  cancel(session, args) {
    const request = args.optionalInteger('requestId');
    const progress = args.optionalString('progressId');
    const meant = request ?? Number(/^request-(\d+)$/.exec(progress ?? '')?.[1] ?? NaN);
    session.cancelLaunch(meant);
  },

  terminate(session) {
    session.terminate();
  },

  /** The session ends once the response is out; a target elsewhere is left before. */
  disconnect(session, args) {
    return session.leave(args.has('terminateDebuggee') ? args.boolean('terminateDebuggee', false) : null);
  },
};

/** Says what the guest can do, and lets the client set its breakpoints. */
function begun(session: Session, debuggee: Debuggee, stopOnEntry: boolean): void {
  const { capabilities } = debuggee.face;
  if (Object.keys(capabilities).length > 0) session.client.send(new CapabilitiesEvent(capabilities));
  session.launched(debuggee, stopOnEntry);
}

/** Attaches to a target behind a GDB stub; one whose server is started here ends with the session. */
async function toTarget(session: Session, args: Arguments, request: DebugProtocol.Request): Promise<void> {
  const configuration = aloud(() => readTargetConfiguration(args));
  const isCancelled = session.beginLaunch(request.seq);
  const progress = new Progress(session.client, 'Attaching', request.seq);
  try {
    const lost = (reason: string): void => session.lost(reason);
    const { debuggee, leave } = await beginTarget(configuration, session.client, isCancelled, lost);
    session.onLeave((terminate) => leave(terminate ?? configuration.server !== null));
    begun(session, debuggee, configuration.stopOnEntry);
  } finally {
    progress.end();
    session.endLaunch();
  }
}

async function launchRecording(
  client: Client,
  configuration: LaunchConfiguration,
  progress: Progress,
  isCancelled: () => boolean,
): Promise<Debuggee> {
  const { guest, report } = await loadGuest(configuration, progress, isCancelled);
  for (const line of reportLines(report)) client.output(line);
  return new Debuggee(guest, client, (context) => recordedFace(guest, context));
}

async function launchMachine(client: Client, program: string, args: Arguments): Promise<Debuggee> {
  const configuration = aloud(() => readMachineConfiguration(args));
  const { guest, symbols, notes } = await loadMachine(program, configuration);
  for (const note of notes) client.output(note);
  const terminal = new Terminal(client, configuration.console, symbols);
  guest.connect(terminal);
  const options = { program, sourceMap: configuration.sourceMap };
  const debuggee = new Debuggee(guest, client, (context) => machineFace(guest, symbols, terminal, options, context));
  if (configuration.gdbPort !== null) await shareWithGdb(guest, debuggee, client, configuration.gdbPort);
  return debuggee;
}

class CapabilitiesEvent extends Event {
  readonly body: DebugProtocol.CapabilitiesEvent['body'];

  constructor(capabilities: DebugProtocol.Capabilities) {
    super('capabilities');
    this.body = { capabilities };
  }
}

/** Mistakes in a launch configuration are shown: nobody looks for them elsewhere. */
function aloud<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof RequestError ? new RequestError(error.message, true) : error;
  }
}
