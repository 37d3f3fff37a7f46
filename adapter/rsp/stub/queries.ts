import { BAD_REQUEST, OK, PACKET_SIZE, type Command } from './context.ts';
import { TargetError, type StubTarget } from './target.ts';
import { fromHex, parseNumber, toHex } from './hex.ts';
import { targetXml } from './target-xml.ts';

export const supported: Command = ({ understands }, data) => {
  const features = data.replace(/^:/, '').split(';');
  understands.swbreak = features.includes('swbreak+');
  understands.hwbreak = features.includes('hwbreak+');
  return [
    `PacketSize=${PACKET_SIZE.toString(16)}`,
    'qXfer:features:read+',
    'vContSupported+',
    'QStartNoAckMode+',
    'swbreak+',
    'hwbreak+',
  ].join(';');
};

export const stopAcknowledging: Command = (context) => {
  context.stopAcknowledging();
  return OK;
};

/** The target was there before the debugger: who quits leaves it. */
export const attached: Command = () => '1';

/** ":annex:offset,length" of the target's description. */
export const readFeatures: Command = ({ target }, data) => {
  const match = /^:([^:]*):([0-9a-fA-F]+),([0-9a-fA-F]+)$/.exec(data);
  const offset = parseNumber(match?.[2]);
  const length = parseNumber(match?.[3]);
  if (offset === null || length === null) return BAD_REQUEST;
  if (match?.[1] !== 'target.xml') return 'E00';
  const xml = targetXml(target);
  const piece = xml.slice(offset, offset + Math.min(length, PACKET_SIZE - 16));
  return `${offset + piece.length < xml.length ? 'm' : 'l'}${piece}`;
};

/** Bytes of text a packet has room for, in hex. */
const TEXT = PACKET_SIZE / 2 - 8;

/** qRcmd: the user's `monitor`. */
export const monitor: Command = (context, data) => {
  const bytes = fromHex(data.replace(/^,/, ''));
  if (bytes === null) return BAD_REQUEST;
  const text = Buffer.from(carryOut(context.target, Buffer.from(bytes).toString('utf8'), context.general));
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
