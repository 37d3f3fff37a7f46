import * as breakpoints from './breakpoints.ts';
import type { Command } from './context.ts';
import * as memory from './memory.ts';
import * as queries from './queries.ts';
import * as registers from './registers.ts';
import * as run from './run.ts';
import * as threads from './threads.ts';

/** Packets whose name is a word, by all of it; a longer name stands before one it begins with. */
const WORDS: readonly (readonly [name: string, command: Command])[] = [
  ['qSupported', queries.supported],
  ['QStartNoAckMode', queries.stopAcknowledging],
  ['qXfer:features:read', queries.readFeatures],
  ['qXfer:threads:read', queries.readThreads],
  ['qRcmd', queries.monitor],
  ['qAttached', queries.attached],
  ['qfThreadInfo', threads.firstThreads],
  ['qsThreadInfo', threads.moreThreads],
  ['qThreadExtraInfo,', threads.extraInfo],
  ['qC', threads.current],
  ['Qqemu.PhyMemMode', memory.choosePhysical],
  ['qqemu.PhyMemMode', memory.isPhysical],
  ['vCont?', run.offered],
  ['vCont;', run.resume],
  ['vKill', run.killProcess],
];

/** Packets whose name is a letter. */
const LETTERS: Readonly<Record<string, Command>> = {
  '?': alone(run.whyStopped),
  g: alone(registers.readAll),
  G: registers.writeAll,
  p: registers.readOne,
  P: registers.writeOne,
  m: memory.readMemory,
  M: memory.writeHex,
  X: memory.writeBinary,
  Z: breakpoints.insert,
  z: breakpoints.remove,
  H: threads.select,
  T: threads.alive,
  c: run.continueAll,
  C: run.continueSignal,
  s: run.stepOne,
  S: run.stepSignal,
  D: run.detach,
  k: alone(run.kill),
};

/** Nothing may follow the name: a packet that only begins like "kill" is not it. */
function alone(command: Command): Command {
  return (context, data) => (data === '' ? command(context, data) : '');
}

/** The command of a packet, and what follows its name; null for packets that are not known. */
export function commandOf(packet: string): { command: Command; data: string } | null {
  const word = WORDS.find(([name]) => packet.startsWith(name) && endsName(packet, name));
  if (word !== undefined) return { command: word[1], data: packet.slice(word[0].length) };
  const letter = packet.charAt(0);
  const command = Object.hasOwn(LETTERS, letter) ? LETTERS[letter] : undefined;
  return command === undefined ? null : { command, data: packet.slice(1) };
}

/** qC is not the beginning of qCRC. */
function endsName(packet: string, name: string): boolean {
  return !/\w$/.test(name) || !/^\w/.test(packet.slice(name.length));
}
