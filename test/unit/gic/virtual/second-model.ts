/*
 * The virtual CPU interface once more, as plainly as the rules read (IHI 0069, 4.8; IHI 0048, chapter 5): objects, one
 * rule a line, nothing shared with the model under test.
 */
export interface Entry {
  intid: number;
  sender: number;
  priority: number;
  group: 0 | 1;
  pending: boolean;
  active: boolean;
}

export class SecondModel {
  entries: Entry[] = [];
  enabled: [boolean, boolean] = [false, false];
  mask = 0;
  points: [number, number] = [0, 0];
  common = false;
  split = false;
  ackctl = false;
  /** Active preemption levels of each group; GICv2 knows one list. */
  running: [Set<number>, Set<number>] = [new Set(), new Set()];
  ended = 0;
  readonly #v2: boolean;

  constructor(v2: boolean) {
    this.#v2 = v2;
  }

  point(group: 0 | 1): number {
    if (group === 0) return this.points[0] < 2 ? 2 : this.points[0];
    if (this.common) return Math.min(this.point(0) + 1, 7);
    return this.points[1] < 3 ? 3 : this.points[1];
  }

  level(group: 0 | 1, priority: number): number {
    const ignored = 2 ** (group === 0 ? this.point(0) + 1 : this.point(1));
    return (priority - (priority % ignored)) % 256;
  }

  get lowest(): number {
    return Math.min(255, ...this.running[0], ...this.running[1]);
  }

  get candidate(): Entry | undefined {
    const waiting = this.entries.filter((one) => one.pending && !one.active && this.enabled[one.group]);
    return waiting.reduce<Entry | undefined>((a, b) => (a === undefined || b.priority < a.priority ? b : a), undefined);
  }

  get signalled(): Entry | undefined {
    const one = this.candidate;
    if (one === undefined || one.priority >= this.mask) return undefined;
    return this.level(one.group, one.priority) < this.lowest ? one : undefined;
  }

  acknowledge(group: 0 | 1): number {
    const one = this.signalled;
    if (one === undefined) return 1023;
    if (one.group !== group && !(this.#v2 && group === 0 && this.ackctl))
      return this.#v2 && one.group === 1 ? 1022 : 1023;
    one.pending = false;
    one.active = true;
    this.running[this.#v2 ? 0 : one.group].add(this.level(one.group, one.priority));
    return one.intid + one.sender * 1024;
  }

  end(group: 0 | 1, value: number): void {
    const intid = this.#v2 ? value % 1024 : value;
    if (intid >= 1020 && intid < 1024) return;
    const top = this.lowest;
    const from = this.running[0].has(top) ? 0 : 1;
    if (top < 255) this.running[from].delete(top);
    const one = this.entries.find((entry) => entry.active && entry.intid + entry.sender * 1024 === value);
    if (one === undefined) this.ended = (this.ended + 1) % 32;
    else if (!this.split && top < 255 && this.level(one.group, one.priority) === top) {
      if (this.#v2 || (one.group === from && one.group === group)) one.active = false;
    }
  }

  deactivate(value: number): void {
    const intid = this.#v2 ? value % 1024 : value;
    if (!this.split || (intid >= 1020 && intid < 1024)) return;
    const one = this.entries.find((entry) => entry.active && entry.intid + entry.sender * 1024 === value);
    if (one === undefined) this.ended = (this.ended + 1) % 32;
    else one.active = false;
  }
}
