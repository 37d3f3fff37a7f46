import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { encodePacket } from '../../../adapter/rsp/packets.ts';
import { serveGdb, type GdbServer } from '../../../adapter/serve/listen.ts';
import type { GuestSharing } from '../../../adapter/serve/sharing.ts';
import type { SimulatedGuest } from '../../../adapter/guest/simulated/simulated-guest.ts';
import { AT, exampleGuest } from '../rsp/guest.ts';

async function serving(
  use: (server: GdbServer, guest: SimulatedGuest) => Promise<void>,
  sharing: GuestSharing = {},
): Promise<void> {
  const guest = await exampleGuest();
  const server = await serveGdb(guest, 0, sharing);
  try {
    await use(server, guest);
  } finally {
    await server.close();
  }
}

async function client(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** Sends a packet, and reads until an answer is complete. */
async function ask(socket: Socket, packet: string): Promise<string> {
  let text = '';
  socket.write(encodePacket(Buffer.from(packet)));
  while (!/#..$/.test(text)) text += ((await once(socket, 'data')) as [Buffer])[0].toString('latin1');
  return text;
}

test('a port is found and told, on this machine only', () =>
  serving(async ({ port }) => {
    assert.ok(port > 0);
    assert.equal(await ask(await client(port), 'qC'), '+$QC1#c5');
  }));

test('one client at a time; the next one when it has gone', () =>
  serving(async ({ port }) => {
    const first = await client(port);
    await ask(first, 'qC');
    const second = await client(port);
    let told = '';
    second.on('data', (bytes: Buffer) => (told += bytes.toString('latin1')));
    second.write(encodePacket(Buffer.from('qSupported:swbreak+')));
    // Hung up on, not reset: once() would reject by 'error'.
    await once(second, 'close');
    assert.equal(told, '+$E.another debugger is connected#98');
    assert.equal(await ask(first, 'qC'), '+$QC1#c5');
    first.end();
    await once(first, 'close');
    assert.equal(await ask(await client(port), 'qC'), '+$QC1#c5');
  }));

test('a connection that breaks leaves a guest that stands standing', () =>
  serving(async (server, guest) => {
    const socket = await client(server.port);
    await ask(socket, 'Z0,40100004,4');
    await ask(socket, 'vCont;c');
    socket.destroy();
    await once(socket, 'close');
    assert.equal(server.running, false);
    assert.equal(guest.machine.core.pc(0), AT.start + 4n);
  }));

test('a server that is closed stops what runs', async () => {
  let end: () => void = () => undefined;
  await serving(async (server) => {
    end = () => assert.equal(server.running, false);
    const socket = await client(server.port);
    await ask(socket, `M${AT.start.toString(16)},4:00000014`);
    assert.match(await ask(socket, 'D'), /OK/);
    assert.equal(server.running, true);
  });
  end();
});

test('a port that is taken is an error', () =>
  serving(async ({ port }) => {
    await assert.rejects(serveGdb(await exampleGuest(), port), {
      name: 'ListenError',
      message: `port ${port} is taken by another program; 0 finds one that is free`,
      port,
      code: 'EADDRINUSE',
    });
  }));
