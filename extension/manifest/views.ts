import { COLORS, COMMANDS, CONTAINERS, CONTEXT, VIEWS } from '../ids.ts';

const ICON = 'extension/icons/gic.svg';

export const viewsContainers = {
  activitybar: [{ id: CONTAINERS.sideBar, title: 'GIC', icon: ICON }],
  panel: [{ id: CONTAINERS.panel, title: 'GIC', icon: ICON }],
};

export const views = {
  [CONTAINERS.sideBar]: [
    { id: VIEWS.registers, name: 'Registers', icon: ICON, contextualTitle: 'GIC Registers' },
    {
      id: VIEWS.divergence,
      name: 'Divergence',
      icon: ICON,
      contextualTitle: 'GIC Divergence',
      when: CONTEXT.hasTarget,
      // While it is open, every register is read at every stop: that is for the user to want.
      visibility: 'collapsed',
      initialSize: 0.4,
    },
  ],
  [CONTAINERS.panel]: [
    { id: VIEWS.interrupts, name: 'Interrupts', type: 'webview', icon: ICON, contextualTitle: 'GIC Interrupts' },
  ],
};

export const viewsWelcome = [
  {
    view: VIEWS.registers,
    when: `!${CONTEXT.hasSession}`,
    contents: [
      'Open a program or a recorded run and press F5: every access to the interrupt controller becomes a step.',
      `[Choose a Program or Recording](command:${COMMANDS.debugFile})`,
      `[Try an Example](command:${COMMANDS.openExample})`,
      'Programs are AArch64 ELF files, Linux Images and flat binaries: they run on a simulated machine. Recordings are gic-trace files, QEMU trace logs, Linux ftrace text and KVM vgic-state dumps, gzipped or not.',
    ].join('\n'),
  },
];

export const colors = [
  {
    id: COLORS.changed,
    description: 'A GIC register or field that changed since the last stop.',
    defaults: {
      dark: 'charts.blue',
      light: 'charts.blue',
      highContrast: 'charts.yellow',
      highContrastLight: 'charts.blue',
    },
  },
  {
    id: COLORS.notImplemented,
    description: 'A GIC register the controller does not implement.',
    defaults: {
      dark: 'disabledForeground',
      light: 'disabledForeground',
      highContrast: 'disabledForeground',
      highContrastLight: 'disabledForeground',
    },
  },
  {
    id: COLORS.unavailable,
    description: 'A GIC register whose value could not be read.',
    defaults: {
      dark: 'list.errorForeground',
      light: 'list.errorForeground',
      highContrast: 'list.errorForeground',
      highContrastLight: 'list.errorForeground',
    },
  },
  {
    id: COLORS.refused,
    description: 'A GIC register whose last edit the controller ignored or narrowed.',
    defaults: {
      dark: 'list.warningForeground',
      light: 'list.warningForeground',
      highContrast: 'list.warningForeground',
      highContrastLight: 'list.warningForeground',
    },
  },
];

const walkthroughStep = (id: string, title: string, description: string): object => ({
  id,
  title,
  description,
  media: { markdown: `extension/walkthrough/${id}.md` },
});

export const walkthroughs = [
  {
    id: 'start',
    title: 'Debug Arm interrupts',
    description: 'From a recorded run of a guest to the answer why an interrupt does not fire.',
    steps: [
      walkthroughStep(
        'open',
        'Open a recorded run',
        `Press F5 on a recording, or start with one that comes along.\n[Try an Example](command:${COMMANDS.openExample})`,
      ),
      walkthroughStep(
        'step',
        'Step from access to access',
        `Each step is one access of the guest to the controller; stepping back undoes it.\n[Jump to an Operation](command:${COMMANDS.jumpTo})`,
      ),
      walkthroughStep(
        'edit',
        'Look at registers, and edit them',
        `Your edits travel the way the guest's accesses do.\n[Find a Register](command:${COMMANDS.findRegister})`,
      ),
      walkthroughStep(
        'explain',
        'Ask why an interrupt does not fire',
        `Every condition on the way from the wire to the vCPU, with the evidence.\n[Explain an Interrupt](command:${COMMANDS.explain})`,
      ),
    ],
  },
];
