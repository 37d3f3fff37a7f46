/**
 * Every identifier the manifest and the code share. The manifest is generated from data that uses these constants
 * (`contributions.ts`), so that a renamed command cannot be renamed in one place only.
 */

/** The debug type, as launch configurations name it. */
export const DEBUG_TYPE = 'gic';

/** Language of `.gictrace` files. */
export const LANGUAGE = 'gictrace';

/** The bundled debug adapter, from the extension's root. */
export const ADAPTER_PATH = 'dist/adapter.js';

/** Folder of the recordings that `gic.openExample` offers, from the extension's root. */
export const EXAMPLES_PATH = 'examples';

export const COMMANDS = {
  debugFile: 'gic.debugFile',
  pickRecording: 'gic.pickRecording',
  openExample: 'gic.openExample',
  stepAccess: 'gic.stepAccess',
  stepBackAccess: 'gic.stepBackAccess',
  stepToMatch: 'gic.stepToMatch',
  stepBackToMatch: 'gic.stepBackToMatch',
  changeAccessFilter: 'gic.changeAccessFilter',
  jumpTo: 'gic.jumpTo',
  explain: 'gic.explain',
  editRegister: 'gic.editRegister',
  editLeaf: 'gic.editLeaf',
  copyValue: 'gic.copyValue',
  copyName: 'gic.copyName',
  copyExpression: 'gic.copyExpression',
  addToWatch: 'gic.addToWatch',
  showInLog: 'gic.showInLog',
  pin: 'gic.pin',
  unpin: 'gic.unpin',
  formatHex: 'gic.formatHex',
  formatDec: 'gic.formatDec',
  formatBin: 'gic.formatBin',
  findRegister: 'gic.findRegister',
  filterRegisters: 'gic.filterRegisters',
  clearRegisterFilter: 'gic.clearRegisterFilter',
  showOnlyNonReset: 'gic.showOnlyNonReset',
  showAllRegisters: 'gic.showAllRegisters',
  refreshRegisters: 'gic.refreshRegisters',
  revealDivergence: 'gic.revealDivergence',
  clearDivergence: 'gic.clearDivergence',
} as const;

/** Argument with which the key binding of F5 calls `gic.debugFile`. */
export const FROM_F5 = 'f5';

export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];

export const CONTAINERS = {
  sideBar: 'gic',
  panel: 'gicPanel',
} as const;

export const VIEWS = {
  registers: 'gic.registers',
  divergence: 'gic.divergence',
  interrupts: 'gic.interrupts',
} as const;

/** Context keys that `when` clauses read and the code sets. */
export const CONTEXT = {
  hasSession: 'gic.hasSession',
  /** One that is a target behind a GDB stub. */
  hasTarget: 'gic.hasTarget',
  hasRegisterFilter: 'gic.hasRegisterFilter',
  onlyNonReset: 'gic.onlyNonReset',
} as const;

/** Colours the tree uses; themes may override them. */
export const COLORS = {
  changed: 'gicInspector.changedForeground',
  notImplemented: 'gicInspector.notImplementedForeground',
  unavailable: 'gicInspector.unavailableForeground',
  refused: 'gicInspector.refusedForeground',
} as const;

/** URI scheme that carries a tree node's colour to the decoration provider. */
export const DECORATION_SCHEME = 'gic-register';

/** URI scheme of the read-only documents that explain an interrupt. */
export const EXPLAIN_SCHEME = 'gic-explain';

/**
 * Words in a tree item's `contextValue`, each between semicolons so that a `when` clause finds it with
 * `viewItem =~ /;word;/`.
 */
export const MARKS = {
  editable: 'editable',
  value: 'value',
  named: 'named',
  pinnable: 'pinnable',
  pinned: 'pinned',
  formats: 'formats',
  inLog: 'inlog',
} as const;

export type Mark = (typeof MARKS)[keyof typeof MARKS];
