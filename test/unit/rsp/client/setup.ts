import assert from 'node:assert/strict';
import { RspClient, type RspClientOptions } from '../../../../adapter/rsp/client/client.ts';
import { RspError, type RspErrorKind } from '../../../../adapter/rsp/client/errors.ts';
import type { StopReply } from '../../../../adapter/rsp/client/stop-reply.ts';
import { threadId } from '../../../../adapter/rsp/client/thread-id.ts';
import { ScriptedStub, type Manners, type Script } from './scripted-stub.ts';
import { VirtualClock } from './virtual-clock.ts';

export const ONE = threadId(1, 1);

export interface Setup {
  readonly client: RspClient;
  readonly stub: ScriptedStub;
  readonly clock: VirtualClock;
  readonly stops: StopReply[];
  readonly output: string[];
  readonly closed: RspError[];
  /** Waits, letting time pass. */
  readonly wait: <T>(promise: Promise<T>) => Promise<T>;
}

/** A client of a scripted stub, connected. */
export async function connect(answers?: Script, manners?: Manners, options: RspClientOptions = {}): Promise<Setup> {
  const clock = new VirtualClock();
  const stub = new ScriptedStub(answers, manners);
  const stops: StopReply[] = [];
  const output: string[] = [];
  const closed: RspError[] = [];
  const client = await clock.wait(
    RspClient.connect(stub, {
      clock,
      onStop: (stop) => stops.push(stop),
      onOutput: (text) => output.push(text),
      onClosed: (error) => closed.push(error),
      ...options,
    }),
  );
  return { client, stub, clock, stops, output, closed, wait: (promise) => clock.wait(promise) };
}

/** Why a promise rejects. */
export async function failure(promise: Promise<unknown>): Promise<RspError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof RspError, String(error));
    return error;
  }
  return assert.fail('it does not fail');
}

export async function assertFails(promise: Promise<unknown>, kind: RspErrorKind, message: RegExp): Promise<void> {
  const error = await failure(promise);
  assert.equal(error.kind, kind, error.message);
  assert.match(error.message, message);
}
