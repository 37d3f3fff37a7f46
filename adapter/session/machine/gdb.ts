import type { SimulatedGuest } from '../../guest/simulated/simulated-guest.ts';
import { ListenError, serveGdb } from '../../serve/listen.ts';
import type { Client } from '../client.ts';
import type { Debuggee } from '../debuggee.ts';
import { RequestError } from '../request-error.ts';

/**
 * Lets gdb connect to a guest that a session debugs. One side runs it at a time: the other may look meanwhile.
 * @throws RequestError where the port cannot be had
 */
export async function shareWithGdb(
  guest: SimulatedGuest,
  debuggee: Debuggee,
  client: Client,
  port: number,
): Promise<void> {
  const { control, runner } = debuggee;
  try {
    const server = await serveGdb(guest, port, {
      busy: () => (runner.running ? 'the debug session runs the guest: pause it there first' : null),
      changed: () => control.arrive({ reason: 'pause', description: 'gdb has moved or changed the guest' }),
      exited: (code) => control.arrive({ reason: 'pause', ended: code }),
    });
    runner.shareWith(() => (server.running ? 'gdb runs the guest: interrupt it there first' : null));
    debuggee.onEnd(() => void server.close());
    client.output(`gdb can connect: target remote localhost:${server.port}`);
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    throw new RequestError(`launch: "gdbPort" ${port}: ${error.message}`, true);
  }
}
