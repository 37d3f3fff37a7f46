import { COMMANDS, CONTEXT, DEBUG_TYPE, FROM_F5, LANGUAGE, MARKS, VIEWS, type CommandId, type Mark } from '../ids.ts';

/** One entry of a menu: a command or a submenu. */
export interface MenuItem {
  command?: CommandId;
  submenu?: string;
  when?: string;
  group?: string;
}

const FORMAT_MENU = 'gic.format';

/** File names that hold recordings for certain, or that are worth offering: the resolver looks inside. */
const GUEST_NAMES = 'resourceFilename =~ /\\.((gictrace|jsonl|log)(\\.gz)?|elf|axf|flat)$/';
const RECORDING_FILE = `resourceLangId == ${LANGUAGE} || ${GUEST_NAMES}`;

/**
 * F5 on an open recording or program debugs that one, whatever configuration is selected. Many of them open no text
 * editor, so that VS Code could not guess a debugger; where the file turns out to be neither, it gets F5 back.
 */
export const GUEST_FILE = GUEST_NAMES;

const REGISTERS = `view == ${VIEWS.registers}`;
const SESSION = CONTEXT.hasSession;
const NEVER = 'false';

function onNode(mark: Mark): string {
  return `${REGISTERS} && viewItem =~ /;${mark};/`;
}

export const submenus = [{ id: FORMAT_MENU, label: 'Format' }];

/** Commands that only make sense on something the palette cannot name, or that need a session. */
const palette: readonly MenuItem[] = [
  { command: COMMANDS.pickRecording, when: NEVER },
  { command: COMMANDS.editLeaf, when: NEVER },
  { command: COMMANDS.copyValue, when: NEVER },
  { command: COMMANDS.copyName, when: NEVER },
  { command: COMMANDS.copyExpression, when: NEVER },
  { command: COMMANDS.addToWatch, when: NEVER },
  { command: COMMANDS.showInLog, when: NEVER },
  { command: COMMANDS.pin, when: NEVER },
  { command: COMMANDS.unpin, when: NEVER },
  { command: COMMANDS.formatHex, when: NEVER },
  { command: COMMANDS.formatDec, when: NEVER },
  { command: COMMANDS.formatBin, when: NEVER },
  { command: COMMANDS.editRegister, when: SESSION },
  { command: COMMANDS.stepAccess, when: SESSION },
  { command: COMMANDS.stepBackAccess, when: SESSION },
  { command: COMMANDS.stepToMatch, when: SESSION },
  { command: COMMANDS.stepBackToMatch, when: SESSION },
  { command: COMMANDS.jumpTo, when: SESSION },
  { command: COMMANDS.explain, when: SESSION },
  { command: COMMANDS.findRegister, when: SESSION },
  { command: COMMANDS.filterRegisters, when: SESSION },
  { command: COMMANDS.clearRegisterFilter, when: CONTEXT.hasRegisterFilter },
  { command: COMMANDS.showOnlyNonReset, when: `${SESSION} && !${CONTEXT.onlyNonReset}` },
  { command: COMMANDS.showAllRegisters, when: `${SESSION} && ${CONTEXT.onlyNonReset}` },
  { command: COMMANDS.refreshRegisters, when: SESSION },
  { command: COMMANDS.revealDivergence, when: NEVER },
  { command: COMMANDS.clearDivergence, when: CONTEXT.hasTarget },
];

const viewTitle: readonly MenuItem[] = [
  { command: COMMANDS.findRegister, when: `${REGISTERS} && ${SESSION}`, group: 'navigation@1' },
  {
    command: COMMANDS.filterRegisters,
    when: `${REGISTERS} && ${SESSION} && !${CONTEXT.hasRegisterFilter}`,
    group: 'navigation@2',
  },
  {
    command: COMMANDS.clearRegisterFilter,
    when: `${REGISTERS} && ${CONTEXT.hasRegisterFilter}`,
    group: 'navigation@2',
  },
  {
    command: COMMANDS.showOnlyNonReset,
    when: `${REGISTERS} && ${SESSION} && !${CONTEXT.onlyNonReset}`,
    group: 'navigation@3',
  },
  {
    command: COMMANDS.showAllRegisters,
    when: `${REGISTERS} && ${SESSION} && ${CONTEXT.onlyNonReset}`,
    group: 'navigation@3',
  },
  { command: COMMANDS.refreshRegisters, when: `${REGISTERS} && ${SESSION}`, group: '1_read@1' },
  { command: COMMANDS.explain, when: `${REGISTERS} && ${SESSION}`, group: '2_do@1' },
  { command: COMMANDS.jumpTo, when: `${REGISTERS} && ${SESSION}`, group: '2_do@2' },
  { command: COMMANDS.openExample, when: REGISTERS, group: '3_open@1' },
  { command: COMMANDS.clearDivergence, when: `view == ${VIEWS.divergence}`, group: 'navigation@1' },
];

const viewItem: readonly MenuItem[] = [
  { command: COMMANDS.editRegister, when: onNode(MARKS.editable), group: 'inline@1' },
  { command: COMMANDS.unpin, when: onNode(MARKS.pinned), group: 'inline@2' },
  { command: COMMANDS.editRegister, when: onNode(MARKS.editable), group: '1_edit@1' },
  { submenu: FORMAT_MENU, when: onNode(MARKS.formats), group: '2_show@1' },
  { command: COMMANDS.pin, when: onNode(MARKS.pinnable), group: '2_show@2' },
  { command: COMMANDS.unpin, when: onNode(MARKS.pinned), group: '2_show@2' },
  { command: COMMANDS.showInLog, when: onNode(MARKS.inLog), group: '2_show@3' },
  { command: COMMANDS.copyValue, when: onNode(MARKS.value), group: '3_copy@1' },
  { command: COMMANDS.copyName, when: onNode(MARKS.named), group: '3_copy@2' },
  { command: COMMANDS.copyExpression, when: onNode(MARKS.named), group: '3_copy@3' },
  { command: COMMANDS.addToWatch, when: onNode(MARKS.named), group: '3_copy@4' },
];

const inGicSession = `debugType == '${DEBUG_TYPE}'`;

export const menus: Readonly<Record<string, readonly MenuItem[]>> = {
  commandPalette: palette,
  'view/title': viewTitle,
  'view/item/context': viewItem,
  [FORMAT_MENU]: [
    { command: COMMANDS.formatHex, group: '1@1' },
    { command: COMMANDS.formatDec, group: '1@2' },
    { command: COMMANDS.formatBin, group: '1@3' },
  ],
  'debug/toolBar': [
    { command: COMMANDS.stepBackToMatch, when: inGicSession, group: 'navigation@90' },
    { command: COMMANDS.stepToMatch, when: inGicSession, group: 'navigation@91' },
    { command: COMMANDS.stepAccess, when: inGicSession, group: 'navigation@92' },
    { command: COMMANDS.changeAccessFilter, when: inGicSession, group: 'navigation@92' },
  ],
  'editor/title/run': [{ command: COMMANDS.debugFile, when: RECORDING_FILE, group: 'navigation@1' }],
  'explorer/context': [
    { command: COMMANDS.debugFile, when: `!explorerResourceIsFolder && (${RECORDING_FILE})`, group: '2_workspace@9' },
  ],
};

/** A key binding as the manifest describes it. */
export interface KeyBinding {
  key: string;
  mac?: string;
  command: string;
  when: string;
  args?: unknown;
}

const inRegisters = `focusedView == '${VIEWS.registers}' && listFocus && !inputFocus`;

/**
 * The arrow keys move a tree's focus, not its selection, and an extension only sees the selection: so the keys first
 * select. `list.select` also toggles a node with children; F2 toggles it back.
 */
export const keybindings: readonly KeyBinding[] = [
  {
    key: 'f2',
    command: 'runCommands',
    args: { commands: ['list.select', 'list.toggleExpand', COMMANDS.editRegister] },
    when: inRegisters,
  },
  {
    key: 'enter',
    command: 'runCommands',
    args: { commands: ['list.select', COMMANDS.editLeaf] },
    when: inRegisters,
  },
  { key: 'ctrl+f', mac: 'cmd+f', command: COMMANDS.findRegister, when: inRegisters },
  {
    key: 'f5',
    command: COMMANDS.debugFile,
    args: FROM_F5,
    when: `!inDebugMode && debuggersAvailable && ${GUEST_FILE}`,
  },
];
