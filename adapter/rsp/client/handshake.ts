import { toLatin1 } from '../hex.ts';
import type { Dialogue } from './dialogue.ts';
import { ASK_FEATURES, packetSizeOf, parseFeatures, type Features } from './features.ts';
import type { Request, Sentinel } from './request.ts';
import { beginsWith, exactly, OK, sameAs, shape } from './shapes.ts';
import { parseThreadId } from './thread-id.ts';

const CONNECTING = 'connecting to the stub';
const CHECKING = 'checking that the answers belong to what was asked';

/** Something that is there, or not, or has a value. */
const FEATURES = shape('features', (reply) => /^[\w.:-]+[=+\-?]/.test(toLatin1(reply.subarray(0, 80))));
const ACTIONS = shape('"vCont" and actions', (reply) => beginsWith(reply, 'vCont'));
const CURRENT = shape('"QC" and a thread', (reply) => beginsWith(reply, 'QC'));

/**
 * Finds out what a stub can do, and agrees on how to talk.
 * @throws RspError; the dialogue is over then
 */
export async function shakeHands(dialogue: Dialogue): Promise<Features> {
  // Should the stub wait for an acknowledgement of what it told somebody else.
  dialogue.sendAck();
  const ask = async (packet: string, wanted: Request['shape']): Promise<Uint8Array> => {
    const [reply] = await dialogue.exchange([{ packet, shape: wanted, purpose: CONNECTING }]);
    return reply ?? new Uint8Array();
  };
  const supported = await ask(ASK_FEATURES, FEATURES);
  const all = parseFeatures(supported);
  dialogue.packetSize = packetSizeOf(all);
  const actions = await ask('vCont?', ACTIONS);
  const current = await ask('qC', CURRENT);
  const noAckMode = all.get('QStartNoAckMode') === '+' && toLatin1(await ask('QStartNoAckMode', OK)) === 'OK';
  if (noAckMode) dialogue.stopAcknowledging();
  // Any thread: gdbserver has none selected, and its description is that of a thread. Refusing it, a stub has one.
  await ask(all.get('multiprocess') === '+' ? 'Hgp0.0' : 'Hg0', OK);
  dialogue.useSentinels(sentinels(dialogue.packetSize, supported, actions, current));
  await dialogue.tryPipelining();
  return {
    packetSize: dialogue.packetSize,
    resumeActions: new Set(actions.length === 0 ? [] : toLatin1(actions).split(';').slice(1)),
    descriptionObject: all.get('qXfer:features:read') === '+',
    threadsObject: all.get('qXfer:threads:read') === '+',
    multiprocess: all.get('multiprocess') === '+',
    noAckMode,
    current: parseThreadId(toLatin1(current).slice(2)),
    all,
  };
}

/** Requests whose replies look like no other's; those that never change first. */
function sentinels(
  packetSize: number,
  supported: Uint8Array,
  actions: Uint8Array,
  current: Uint8Array,
): readonly Sentinel[] {
  const found: Sentinel[] = [];
  if (ACTIONS.fits(actions)) found.push({ packet: 'vCont?', shape: sameAs(toLatin1(actions)), purpose: CHECKING });
  if (CURRENT.fits(current)) {
    found.push({ packet: 'qC', shape: exactly(CURRENT.wants, (reply) => CURRENT.fits(reply)), purpose: CHECKING });
  }
  if (FEATURES.fits(supported) && ASK_FEATURES.length <= packetSize) {
    found.push({ packet: ASK_FEATURES, shape: sameAs(toLatin1(supported)), purpose: CHECKING });
  }
  return found;
}
