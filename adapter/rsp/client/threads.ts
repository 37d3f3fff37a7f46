import { fromHex, toLatin1 } from '../hex.ts';
import type { Dialogue } from './dialogue.ts';
import { RspError } from './errors.ts';
import type { Features } from './features.ts';
import { readObject } from './objects.ts';
import { refusalOf } from './replies.ts';
import { HEX, THREADS } from './shapes.ts';
import { parseThreadId, threadId, type ThreadId } from './thread-id.ts';
import { parseXml, XmlError } from './xml.ts';

const LISTING = 'listing the threads';
const MOST_THREADS = 4096;
/** Packets of one list. */
const MOST_PIECES = 4096;

/** What can be debugged by itself: on bare metal, the CPUs. */
export class Threads {
  readonly #dialogue: Dialogue;
  readonly #features: Features;

  constructor(dialogue: Dialogue, features: Features) {
    this.#dialogue = dialogue;
    this.#features = features;
  }

  /** At least one: that of a stub without threads has the number 1. @throws RspError */
  list(): Promise<readonly ThreadId[]> {
    return this.#dialogue.exclusive(LISTING, async () => {
      const threads = (await this.#plainList()) ?? (await this.#xmlList());
      this.#dialogue.hasThreads = threads.length > 0;
      return threads.length > 0 ? threads : [this.#features.current ?? threadId(null, 1)];
    });
  }

  /** What the stub says of a thread, for the user: "CPU#0 [halted ]"; null where it says nothing. @throws RspError */
  extraInfo(thread: ThreadId): Promise<string | null> {
    const purpose = `asking about thread ${thread.text}`;
    return this.#dialogue.exclusive(purpose, async () => {
      const packet = `qThreadExtraInfo,${thread.text}`;
      const [reply] = await this.#dialogue.exchange([{ packet, shape: HEX, purpose }]);
      if (reply === undefined || reply.length === 0) return null;
      const refusal = refusalOf(reply, purpose);
      if (refusal !== null) throw refusal;
      return new TextDecoder().decode(fromHex(toLatin1(reply)) ?? undefined);
    });
  }

  /** Null where the stub does not know the packet. */
  async #plainList(): Promise<readonly ThreadId[] | null> {
    const threads = new Map<string, ThreadId>();
    let packet = 'qfThreadInfo';
    for (let pieces = 0; pieces < MOST_PIECES; pieces++) {
      const [reply] = await this.#dialogue.exchange([{ packet, shape: THREADS, purpose: LISTING }]);
      if (reply === undefined || (reply.length === 0 && pieces === 0)) return null;
      const refusal = refusalOf(reply, LISTING);
      if (refusal !== null) throw refusal;
      const text = toLatin1(reply);
      if (text.startsWith('l')) return [...threads.values()];
      for (const name of text.slice(1).split(',')) threads.set(name, known(name));
      if (threads.size > MOST_THREADS) break;
      packet = 'qsThreadInfo';
    }
    throw new RspError('malformed', LISTING, 'the list has no end');
  }

  async #xmlList(): Promise<readonly ThreadId[]> {
    if (!this.#features.threadsObject) return [];
    const text = await readObject(this.#dialogue, 'threads', '', LISTING);
    try {
      const names = parseXml(text).children.filter(({ name }) => name === 'thread');
      if (names.length > MOST_THREADS) throw new RspError('malformed', LISTING, 'the list has no end');
      return names.map(({ attributes }) => known(attributes.get('id') ?? ''));
    } catch (error) {
      if (error instanceof XmlError) throw new RspError('malformed', LISTING, error.message);
      throw error;
    }
  }
}

function known(name: string): ThreadId {
  const thread = parseThreadId(name);
  if (thread !== null) return thread;
  throw new RspError('malformed', LISTING, `"${name.slice(0, 40)}" is no thread`);
}
