import { BAD_REQUEST, OK, PACKET_SIZE, type Command } from './context.ts';
import { TargetError, type StubTarget } from './target.ts';
import { fromHex, parseNumber, toHex, toLatin1 } from '../hex.ts';
import { targetXml } from './target-xml.ts';
import { threadsXml } from './threads-xml.ts';

export const supported: Command = ({ understands }, data) => {
  const features = data.replace(/^:/, '').split(';');
  understands.swbreak = features.includes('swbreak+');
  understands.hwbreak = features.includes('hwbreak+');
  return [
    `PacketSize=${PACKET_SIZE.toString(16)}`,
    'qXfer:features:read+',
    'qXfer:threads:read+',
    'vContSupported+',
    'QStartNoAckMode+',
    'swbreak+',
    'hwbreak+',
  ].join(';');
};

/** Bytes of an object a packet has room for, should each of them be escaped. */
const PIECE = PACKET_SIZE / 2 - 8;

export const stopAcknowledging: Command = (context) => {
  context.stopAcknowledging();
  return OK;
};

/** The target was there before the debugger: who quits leaves it. */
export const attached: Command = () => '1';

export const readFeatures: Command = ({ target }, data) => readObject(data, 'target.xml', () => targetXml(target));

/** GDB asks anew at every stop: what threads do is in it. */
export const readThreads: Command = ({ target }, data) => readObject(data, '', () => threadsXml(target));

/** ":annex:offset,length": a piece of a text that is longer than a packet. Offsets count its bytes as UTF-8. */
function readObject(data: string, annex: string, make: () => string): string {
  const match = /^:([^:]*):([0-9a-fA-F]+),([0-9a-fA-F]+)$/.exec(data);
  const offset = parseNumber(match?.[2]);
  const length = parseNumber(match?.[3]);
  if (offset === null || length === null) return BAD_REQUEST;
  if (match?.[1] !== annex) return 'E00';
  const text = toLatin1(new TextEncoder().encode(make()));
  const piece = text.slice(offset, offset + Math.min(length, PIECE));
  return `${offset + piece.length < text.length ? 'm' : 'l'}${piece}`;
}

/** Bytes of text a packet has room for, in hex. */
const TEXT = PACKET_SIZE / 2 - 8;

/** qRcmd: the user's `monitor`. */
export const monitor: Command = (context, data) => {
  const bytes = fromHex(data.replace(/^,/, ''));
  if (bytes === null) return BAD_REQUEST;
  const asked = new TextDecoder().decode(bytes);
  const text = new TextEncoder().encode(carryOut(context.target, asked, context.general));
  for (let at = 0; at < text.length; at += TEXT) context.say(`O${toHex(text.subarray(at, at + TEXT))}`);
  return OK;
};

/** A refusal is text, too: of an error GDB would show the number. */
function carryOut(target: StubTarget, text: string, thread: number): string {
  try {
    return target.command(text, thread);
  } catch (error) {
    if (error instanceof TargetError) return `${error.message}\n`;
    throw error;
  }
}
