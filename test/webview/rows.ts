import type { IrqRow } from '../../adapter/protocol.ts';

/** A row as the tests need it. */
export function irq(intid: number, rest: Partial<IrqRow> = {}): IrqRow {
  const type = intid < 16 ? 'SGI' : intid < 32 ? 'PPI' : 'SPI';
  const row: IrqRow = {
    intid,
    type,
    vcpu: null,
    enabled: false,
    pending: false,
    active: false,
    softPending: false,
    line: false,
    trigger: type === 'PPI' ? 'level' : 'edge',
    priority: 0xa0,
    group: 0,
    target: rest.vcpu ?? (type === 'SPI' ? 0 : null),
    route: type === 'SPI' ? '0x1' : null,
    queuedOn: null,
    queueIndex: null,
    listRegister: null,
    sources: 0,
    state: 'idle',
    changed: false,
    ...rest,
  };
  const state = row.pending ? (row.active ? 'pending+active' : 'pending') : row.active ? 'active' : 'idle';
  return { ...row, state };
}

/** A whole table: 32 private interrupts for each vCPU, then the SPIs. */
export function table(cpus: number, spis: number): IrqRow[] {
  const rows: IrqRow[] = [];
  for (let intid = 0; intid < 32; intid++) {
    for (let vcpu = 0; vcpu < cpus; vcpu++) rows.push(irq(intid, { vcpu, enabled: intid === 27 || intid < 8 }));
  }
  for (let intid = 32; intid < 32 + spis; intid++) rows.push(irq(intid));
  const change = (intid: number, vcpu: number | null, rest: Partial<IrqRow>): void => {
    const at = rows.findIndex((row) => row.intid === intid && row.vcpu === vcpu);
    const row = rows[at];
    if (row) rows[at] = irq(intid, { ...row, ...rest });
  };
  change(1, 0, { pending: true, softPending: true, sources: 0b110, queuedOn: 0, queueIndex: 1, listRegister: 1 });
  change(27, 0, {
    pending: true,
    active: true,
    line: true,
    queuedOn: 0,
    queueIndex: 0,
    listRegister: 0,
    priority: 0x20,
  });
  change(27, 1, { active: true, line: true, queuedOn: 1, queueIndex: 0, listRegister: 2, priority: 0x20 });
  change(33, null, { pending: true, line: true, trigger: 'level', priority: 0x40, target: 1, route: '0x2' });
  change(34, null, { enabled: true, pending: true, target: null, route: '0x0' });
  change(35, null, { enabled: true, trigger: 'level', priority: 0x80 });
  change(36, null, { enabled: true, active: true, queuedOn: 2, queueIndex: 3, target: 2, route: '0x4', group: 1 });
  return rows;
}
