import { MAX_CPUS_V2, MAX_CPUS_V3, type GicConfig } from '../../gic/config.ts';
import { Controller } from '../../gic/controller.ts';
import { RegisterMap } from '../../gic/inspect/register-map.ts';
import { OBSERVED } from '../../gic/profiles/observed.ts';
import { RspClient } from '../../rsp/client/client.ts';
import { RspError } from '../../rsp/client/errors.ts';
import { TIMEOUTS } from '../../rsp/client/options.ts';
import { AttachError } from './attach-error.ts';
import { readQemuVersion, type ModelProfile } from './divergence/shape.ts';
import { BorrowedAccess } from './borrow/borrowed-access.ts';
import { Borrower } from './borrow/borrower.ts';
import { InterfaceRegisters } from './borrow/interface-registers.ts';
import { Execution } from './execution.ts';
import { FindError } from './find/find-error.ts';
import { find } from './find/find.ts';
import type { FoundController } from './find/found-controller.ts';
import type { Wishes } from './find/wishes.ts';
import type { FrameAccess } from './frame-access.ts';
import { FrameLocator } from './frame-locator.ts';
import { GdbGuest } from './gdb-guest.ts';
import { Lock } from './lock.ts';
import { isOpenOcd, OpenOcdAccess } from './openocd-access.ts';
import { PlainAccess } from './plain-access.ts';
import { RegisterNames } from './register-names.ts';
import { Shadow } from './shadow.ts';
import type { Splitting } from './spans.ts';
import { StubProbe } from './stub-probe.ts';
import { TargetCpus } from './target-cpus.ts';
import { TargetMemory } from './target-memory.ts';
import { addressText, connectTo, parseStubAddress } from './transport.ts';

export interface AttachOptions {
  /** Where the stub listens: "localhost:1234", a Unix socket's path. */
  readonly target: string;
  /** What the user says of the controller. */
  readonly wishes: Wishes;
  /** How registers are read. */
  readonly memoryAccess: 'auto' | 'physical' | 'virtual';
  /** CPUs may be borrowed for a single load, where nothing else can read a register. */
  readonly borrowCpus: boolean;
  /** What the target's controller is expected to do; absent or null: what fits the target. */
  readonly profile?: ModelProfile | null;
  /** Milliseconds a stub may take for an answer. */
  readonly timeout: number;
  /** Milliseconds for a stub to begin to listen. */
  readonly patience: number;
  /** Why there is no use in waiting for the stub: its process has ended. Null: go on. */
  readonly isOver?: () => string | null;
}

/** What happens at the target's end without being asked for. */
export interface AttachEvents {
  /** What the target, or the stub, has to say. */
  output(text: string): void;
  /** The connection is gone. */
  closed(reason: string): void;
}

export interface Attached {
  readonly guest: GdbGuest;
  readonly found: FoundController;
  /** What was found, and how it is read: a sentence each. */
  readonly notes: readonly string[];
}

/** Of state that the model of a target has no use for, as little as there can be. */
const LIST_REGISTERS = 1;

/**
 * Attaches to a stub: the target stands, its controller is found and nothing of it read but what that takes.
 * @throws AttachError
 */
export async function attach(options: AttachOptions, events: AttachEvents): Promise<Attached> {
  const address = parseStubAddress(options.target);
  const where = addressText(address);
  const transport = await connectTo(address, options.patience, options.isOver);
  try {
    const client = await RspClient.connect(transport, {
      timeouts: {
        request: options.timeout,
        monitor: options.timeout,
        interrupt: Math.max(options.timeout, TIMEOUTS.interrupt),
      },
      onOutput: (text) => events.output(text),
      onClosed: (error) => events.closed(endOf(error, where)),
    });
    return await attachTo(client, where, options);
  } catch (error) {
    transport.close();
    throw attachError(error, where);
  }
}

/** Why there is no talking to a stub any more, in a sentence. */
function endOf(error: RspError, where: string): string {
  if (error.kind === 'closed') return `The target is gone: ${error.reason}.`;
  if (error.kind === 'timeout') return `The stub at ${where} does not answer any more: ${error.message}.`;
  return `The stub at ${where} was given up, since its answers cannot be trusted any more: ${error.message}.`;
}

function attachError(error: unknown, where: string): unknown {
  if (error instanceof RspError) return new AttachError(`${where}: ${error.message}`);
  if (error instanceof FindError) return new AttachError(error.message);
  return error;
}

async function attachTo(client: RspClient, where: string, options: AttachOptions): Promise<Attached> {
  await client.run.haltReason();
  const threads = await client.threads.list();
  const description = await client.registers.describe();
  if (description === null) throw new AttachError(`${where}: the stub does not describe its registers (target.xml)`);
  const lock = new Lock();
  const memory = await TargetMemory.of(client, lock);
  const physical = wantsPhysical(options.memoryAccess, memory);
  const probe = new StubProbe(client, memory, physical, threads.length);
  const found = await find(probe, { searchMemory: await isSimulated(probe), ...options.wishes });
  const qemuVersion = memory.hasPhysical ? readQemuVersion(await probe.monitor('info version')) : null;
  const names = namesOf(() => new RegisterNames(description), where);
  const cpus = new TargetCpus(client, memory, threads.slice(0, maxCpus(found)), names);
  await cpus.fetchAll();
  await cpus.fetchActivities();
  const controller = new Controller(configOf(found, cpus.threads.length), OBSERVED);
  const registers = new RegisterMap(controller);
  const execution = new Execution(client, cpus, memory);
  const locator = new FrameLocator(controller, cpus, memory);
  // Reading GICC_IAR acknowledges, wherever in memory it is seen.
  if (found.version === 'v2') {
    cpus.guard = async (vcpu, start, length) => (await locator.locateFor(vcpu)).touches(start, length);
  }
  const borrower = options.borrowCpus ? new Borrower(client, cpus, memory, (vcpu) => locator.regimeOf(vcpu)) : null;
  const splitting = splittingOf(found, memory);
  const plain = new PlainAccess(client, memory, physical, splitting, cpus.threads);
  const packets = (await isOpenOcd(client, memory)) && !physical ? new OpenOcdAccess(client, memory, plain) : plain;
  const access = accessFor(found, packets, borrower, locator, cpus);
  const shadow = new Shadow(controller, registers, access);
  const guest = new GdbGuest({
    title: where,
    client,
    cpus,
    execution,
    controller,
    registers,
    access,
    shadow,
    interfaceRegisters: found.version === 'v3' ? new InterfaceRegisters(cpus, borrower) : null,
    locate: () => locator.locate(),
    known: { found, qemuVersion, wish: options.profile ?? null },
    departed: (moved) => {
      locator.forget();
      // A single step wakes nobody.
      if (moved === 'all') borrower?.forget();
    },
  });
  return { guest, found, notes: [...found.how, `Its registers are read ${access.text}.`] };
}

/** Stubs with QEMU's switch for physical addresses split long reads as QEMU does. */
function splittingOf({ version }: FoundController, { hasPhysical }: TargetMemory): Splitting {
  if (!hasPhysical) return 'none';
  return version === 'v2' ? 'words' : 'natural';
}

/** `gic serve` says so in its help: its machine's device tree is in memory, and looking for it harms nothing. */
async function isSimulated(probe: StubProbe): Promise<boolean> {
  const help = await probe.monitor('help');
  return help !== null && /^monitor gic tree\b/m.test(help);
}

function wantsPhysical(wish: AttachOptions['memoryAccess'], memory: TargetMemory): boolean {
  if (wish === 'physical' && !memory.hasPhysical) {
    throw new AttachError('launch configuration, memoryAccess: this stub knows no physical addresses');
  }
  return wish !== 'virtual' && memory.hasPhysical;
}

function namesOf(make: () => RegisterNames, where: string): RegisterNames {
  try {
    return make();
  } catch (error) {
    throw error instanceof Error ? new AttachError(`${where}: ${error.message}`) : error;
  }
}

function maxCpus({ version }: FoundController): number {
  return version === 'v2' ? MAX_CPUS_V2 : MAX_CPUS_V3;
}

/** @throws AttachError where registers can be read in no way that is safe */
function accessFor(
  found: FoundController,
  packets: FrameAccess,
  borrower: Borrower | null,
  locator: FrameLocator,
  cpus: TargetCpus,
): FrameAccess {
  if (!found.plainReadsKill) return packets;
  if (borrower !== null) return new BorrowedAccess(borrower, locator, cpus);
  throw new AttachError(
    `${found.plainReadsKillBecause ?? 'Reading a register would kill the target'}. ` +
      'Its CPUs could be borrowed to read it: "borrowCpus" in the launch configuration is off.',
  );
}

function configOf(found: FoundController, threads: number): GicConfig {
  const redists = found.redistributors.map(({ base }) => base);
  const [its] = found.its;
  return {
    gic: found.version,
    cpus: found.version === 'v3' ? Math.min(redists.length, MAX_CPUS_V3) : Math.min(found.cpus, threads, MAX_CPUS_V2),
    spis: Math.max(found.spis, 32),
    bases: {
      dist: found.distributor,
      cpuif: found.cpuInterface ?? 0,
      redist: redists[0] ?? 0,
      redists,
      ...(its === undefined ? {} : { its }),
    },
    lrs: LIST_REGISTERS,
  };
}
