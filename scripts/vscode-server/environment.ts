/** Started from a terminal of VS Code, a server would take itself for that VS Code's command line. */
export function withoutOuterVsCode(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_)/.test(name));
  return Object.fromEntries(entries);
}
