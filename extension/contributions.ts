/**
 * What the extension adds to VS Code, as data: `manifestContributions()` is the extension's part of package.json.
 * A test keeps package.json equal to it, and the code uses the same constants (`ids.ts`), so the two cannot drift.
 */
import { COMMANDS, DEBUG_TYPE } from './ids.ts';
import { commands } from './manifest/commands.ts';
import { breakpoints, debuggers, grammars, languages } from './manifest/debugger.ts';
import { keybindings, menus, submenus } from './manifest/menus.ts';
import { colors, views, viewsContainers, viewsWelcome, walkthroughs } from './manifest/views.ts';

/** The properties of package.json this extension's code determines. */
export interface ManifestPart {
  main: string;
  extensionKind: string[];
  categories: string[];
  activationEvents: string[];
  capabilities: Record<string, unknown>;
  contributes: Record<string, unknown>;
}

/** The manifest's part, as plain JSON data (a fresh copy each time). */
export function manifestContributions(): ManifestPart {
  const part: ManifestPart = {
    main: './dist/extension.js',
    // The adapter reads recordings where they are: next to the workspace, also on a remote.
    extensionKind: ['workspace'],
    categories: ['Debuggers', 'Visualization'],
    // Views, commands and languages of our own activate by themselves.
    activationEvents: [
      `onDebugResolve:${DEBUG_TYPE}`,
      `onDebugInitialConfigurations`,
      `onDebugDynamicConfigurations:${DEBUG_TYPE}`,
      `onCommand:${COMMANDS.debugFile}`,
      // A `.jsonl` file may be a gic-trace: its first line tells.
      'onLanguage:jsonl',
    ],
    capabilities: {
      untrustedWorkspaces: { supported: true },
      virtualWorkspaces: { supported: false, description: 'The debug adapter reads recordings from a file system.' },
    },
    contributes: {
      languages,
      grammars,
      debuggers,
      breakpoints,
      commands,
      submenus,
      menus,
      keybindings,
      viewsContainers,
      views,
      viewsWelcome,
      colors,
      walkthroughs,
    },
  };
  return JSON.parse(JSON.stringify(part)) as ManifestPart;
}
