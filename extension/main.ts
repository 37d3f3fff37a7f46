import * as vscode from 'vscode';
import { registerTreeApi, type GicInspectorApi } from './api.ts';
import { AccessFilters } from './commands/access-filter.ts';
import { registerExplain } from './commands/explain.ts';
import { registerOpenCommands } from './commands/open.ts';
import { registerTreeCommands } from './commands/registers.ts';
import { PositionStatus } from './commands/status.ts';
import { registerStepCommands } from './commands/step.ts';
import { AdapterFactory } from './configuration/adapter.ts';
import { adoptTraces } from './configuration/language.ts';
import { DynamicConfigurationProvider, GicConfigurationProvider } from './configuration/provider.ts';
import { DivergenceModel } from './divergence/model.ts';
import { DivergenceView } from './divergence/view.ts';
import { DEBUG_TYPE, VIEWS } from './ids.ts';
import { IrqPanel } from './panel/irq-panel.ts';
import { storeModel } from './panel/store-model.ts';
import { focusedSession } from './sessions/choose.ts';
import { SessionStore } from './sessions/store.ts';
import { GuestTerminals } from './sessions/terminals.ts';
import { reportAccidents, watchSessions } from './sessions/watch.ts';
import { RegisterTree } from './tree/model.ts';
import { TreeSettings } from './tree/settings.ts';
import { RegisterView } from './tree/view.ts';

/** Called by VS Code when the extension is first needed. */
export function activate(context: vscode.ExtensionContext): GicInspectorApi {
  const store = new SessionStore();
  const settings = new TreeSettings(context.workspaceState);
  const tree = new RegisterTree(store, settings);
  const view = new RegisterView(tree, store, settings);
  const divergence = new DivergenceModel(store);
  const panel = new IrqPanel(context.extensionUri, VIEWS.interrupts, storeModel(store, tree, view));
  const showInLog = (sessionId: string, register: string): Promise<void> => panel.showInLog(sessionId, register);
  const { Dynamic, Initial } = vscode.DebugConfigurationProviderTriggerKind;
  context.subscriptions.push(
    store,
    watchSessions(store),
    reportAccidents(store),
    new GuestTerminals(store),
    vscode.debug.registerDebugAdapterDescriptorFactory(DEBUG_TYPE, new AdapterFactory(context.extensionUri)),
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, new GicConfigurationProvider(), Initial),
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, new DynamicConfigurationProvider(), Dynamic),
    adoptTraces(),
    view,
    divergence,
    new DivergenceView(divergence, { tree, view }),
    panel,
    vscode.window.registerWebviewViewProvider(VIEWS.interrupts, panel),
    new PositionStatus(store),
    registerTreeCommands({ store, tree, view, settings, showInLog }),
    registerStepCommands(store, new AccessFilters(context.workspaceState)),
    registerExplain(store),
    registerOpenCommands(context.extensionUri),
  );
  return {
    sessions: store,
    registerTree: registerTreeApi(tree, view),
    divergence,
    panel,
    focused: () => focusedSession(store),
  };
}

/** Called by VS Code when it closes. */
export function deactivate(): void {
  // Everything is given back through the context's subscriptions.
}
