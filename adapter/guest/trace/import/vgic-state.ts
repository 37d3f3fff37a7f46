import { NoOperationsError, TraceFormatError } from '../format/errors.ts';
import { MAX_SPIS, MIN_SPIS, QEMU_VIRT_BASES } from '../format/header.ts';
import type { TraceHeader } from '../format/header.ts';
import { machineHeader } from './machine.ts';
import type { ImportInput } from './options.ts';
import { VgicStateEmitter } from './vgic-state-emit.ts';
import { VgicStateReader } from './vgic-state-rows.ts';

/**
 * Imports a dump of KVM's debugfs `vgic-state`: accesses and wires that bring a controller from reset into that state,
 * and at the end a state record with what the dump tells, to compare.
 * @throws TraceFormatError for a malformed row.
 */
export async function importVgicState(input: ImportInput): Promise<TraceHeader> {
  const { options, report, source } = input;
  const reader = new VgicStateReader();
  let last = 1;
  let line = 1;
  const fail = (reason: string): never => {
    throw new TraceFormatError(source.name, line, reason);
  };
  await input.read(1, 1, (text, number) => {
    last = line = number;
    reader.push(text, number, fail);
  });
  const distributor = reader.distributor(fail);
  if (reader.rows.length === 0) {
    throw new NoOperationsError(source.name, 'the dump has no interrupts; its vgic was not initialised yet');
  }
  if (distributor.spis < MIN_SPIS || distributor.spis > MAX_SPIS) {
    report.assume(`${MIN_SPIS} SPIs at least, ${MAX_SPIS} at most: the dump says ${distributor.spis}.`);
  }
  if (options.bases === undefined)
    report.assume("Frames where QEMU's virt machine has them: the dump tells no addresses.");
  report.assume('The operations are made up: they lead to the dumped state, they are not what the guest did.');
  const header = machineHeader(
    {
      ...input,
      options: { ...options, spis: options.spis ?? Math.min(MAX_SPIS, Math.max(MIN_SPIS, distributor.spis)) },
    },
    {
      gic: distributor.gic,
      highestCpu: reader.highestCpu,
      typer: null,
      highestIntid: -1,
      usesIts: false,
      bases: { ...QEMU_VIRT_BASES, ...options.bases },
      semantics: 'kvm',
      source: 'KVM vgic-state',
    },
  );
  for (const row of reader.rows) {
    line = row.line;
    const most = header.spis + 31;
    if (row.intid > most && row.intid < 1020) fail(`interrupt ${row.intid} is beyond the last, ${most}`);
    if (row.cpu !== null && row.cpu >= header.cpus) fail(`VCPU ${row.cpu} is not 0 to ${header.cpus - 1}`);
  }
  input.sink.header(header);
  new VgicStateEmitter(input.sink, header, report).emit(distributor, reader.rows, reader.freed, last);
  return header;
}
