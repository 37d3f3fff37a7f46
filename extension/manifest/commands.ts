import { COMMANDS, type CommandId } from '../ids.ts';

/** A command as the manifest describes it. */
export interface CommandContribution {
  command: CommandId;
  title: string;
  category: 'GIC';
  icon?: string;
  shortTitle?: string;
}

function command(id: CommandId, title: string, icon?: string): CommandContribution {
  const contribution: CommandContribution = { command: id, title, category: 'GIC' };
  if (icon !== undefined) contribution.icon = `$(${icon})`;
  return contribution;
}

export const commands: readonly CommandContribution[] = [
  command(COMMANDS.debugFile, 'Debug This File', 'debug-alt'),
  command(COMMANDS.pickRecording, 'Pick a Program or Recording…'),
  command(COMMANDS.openExample, 'Open an Example…', 'mortar-board'),
  command(COMMANDS.stepAccess, 'Step to Next GIC Access', 'debug-step-into'),
  command(COMMANDS.stepBackAccess, 'Step Back over GIC Access', 'debug-step-back'),
  command(COMMANDS.stepToMatch, 'Step to Next Matching GIC Access', 'arrow-circle-right'),
  command(COMMANDS.stepBackToMatch, 'Step Back to Previous Matching GIC Access', 'arrow-circle-left'),
  command(COMMANDS.changeAccessFilter, 'Change Access Filter…', 'filter'),
  command(COMMANDS.jumpTo, 'Jump to Operation…', 'go-to-file'),
  command(COMMANDS.explain, 'Explain Why an Interrupt Does Not Fire…', 'question'),
  command(COMMANDS.editRegister, 'Edit Value…', 'edit'),
  command(COMMANDS.editLeaf, 'Edit Selected Field…'),
  command(COMMANDS.copyValue, 'Copy Value'),
  command(COMMANDS.copyName, 'Copy Name'),
  command(COMMANDS.copyExpression, 'Copy as Expression'),
  command(COMMANDS.addToWatch, 'Add to Watch'),
  command(COMMANDS.showInLog, 'Show in Access Log'),
  command(COMMANDS.pin, 'Pin', 'pin'),
  command(COMMANDS.unpin, 'Unpin', 'pinned'),
  command(COMMANDS.formatHex, 'Hexadecimal'),
  command(COMMANDS.formatDec, 'Decimal'),
  command(COMMANDS.formatBin, 'Binary'),
  command(COMMANDS.findRegister, 'Find Register…', 'search'),
  command(COMMANDS.filterRegisters, 'Filter Registers…', 'filter'),
  command(COMMANDS.clearRegisterFilter, 'Clear Register Filter', 'filter-filled'),
  command(COMMANDS.showOnlyNonReset, 'Show Only Registers That Differ from Reset', 'eye'),
  command(COMMANDS.showAllRegisters, 'Show All Registers', 'eye-closed'),
  command(COMMANDS.refreshRegisters, 'Read Registers Again', 'refresh'),
  command(COMMANDS.revealDivergence, 'Show Register of Divergence'),
  command(COMMANDS.clearDivergence, 'Clear Divergence', 'clear-all'),
];
