import { css } from 'lit';

/** Inputs, buttons, the menu and the notes, as VS Code draws its own. */
export const controls = css`
  button {
    font: inherit;
    cursor: pointer;
  }
  button:disabled {
    opacity: 0.4;
    cursor: default;
  }
  :focus {
    outline: none;
  }
  button:focus-visible,
  select:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .icon-button {
    display: grid;
    place-content: center;
    width: 20px;
    height: 20px;
    padding: 0;
    flex: none;
    border: 0;
    border-radius: 4px;
    color: var(--vscode-icon-foreground, inherit);
    background: none;
  }
  .icon-button:hover:enabled {
    background: var(--vscode-toolbar-hoverBackground);
  }
  .link {
    padding: 0;
    border: 0;
    background: none;
    color: var(--vscode-textLink-foreground);
    text-align: left;
  }
  .link:hover {
    color: var(--vscode-textLink-activeForeground);
    text-decoration: underline;
  }
  .sessions {
    max-width: 220px;
    height: 20px;
    border: 1px solid var(--vscode-dropdown-border, var(--line));
    border-radius: 2px;
    color: var(--vscode-dropdown-foreground);
    background: var(--vscode-dropdown-background);
    font: inherit;
  }

  .toolbar {
    display: flex;
    align-items: center;
    gap: 6px;
    padding: 4px 10px 4px 8px;
    flex: none;
  }
  .filter {
    position: relative;
    display: flex;
    align-items: center;
    gap: 4px;
    flex: 0 1 420px;
    min-width: 120px;
    height: 22px;
    padding: 0 2px 0 5px;
    border: 1px solid var(--vscode-input-border, transparent);
    border-radius: 2px;
    background: var(--vscode-input-background);
  }
  .filter:focus-within {
    border-color: var(--vscode-focusBorder);
  }
  .filter > .codicon {
    opacity: 0.8;
  }
  .filter input {
    flex: 1;
    min-width: 0;
    padding: 0;
    border: 0;
    color: var(--vscode-input-foreground);
    background: none;
    font: inherit;
  }
  .filter input::placeholder {
    color: var(--vscode-input-placeholderForeground);
    opacity: 1;
  }
  .filter.wrong {
    border-color: var(--vscode-inputValidation-errorBorder);
  }
  .filter-problem {
    position: absolute;
    z-index: 5;
    top: 21px;
    left: -1px;
    right: -1px;
    padding: 3px 6px;
    color: var(--vscode-inputValidation-errorForeground, inherit);
    background: var(--vscode-inputValidation-errorBackground);
    border: 1px solid var(--vscode-inputValidation-errorBorder);
  }
  .toggle {
    height: 22px;
    padding: 0 8px;
    flex: none;
    border: 1px solid var(--vscode-contrastBorder, transparent);
    border-radius: 11px;
    color: var(--vscode-foreground);
    background: var(--vscode-badge-inactiveBackground, var(--vscode-toolbar-hoverBackground));
  }
  .toggle.on {
    color: var(--vscode-inputOption-activeForeground);
    background: var(--vscode-inputOption-activeBackground);
    border-color: var(--vscode-inputOption-activeBorder);
  }
  .count {
    margin-left: auto;
    color: var(--dim);
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
    font-variant-numeric: tabular-nums;
  }

  .menu {
    position: fixed;
    z-index: 20;
    min-width: 180px;
    max-height: calc(100vh - 4px);
    overflow: auto;
    padding: 4px 0;
    box-sizing: border-box;
    border: 1px solid var(--vscode-menu-border, var(--vscode-widget-border, transparent));
    border-radius: 5px;
    color: var(--vscode-menu-foreground);
    background: var(--vscode-menu-background);
    box-shadow: 0 2px 8px var(--vscode-widget-shadow);
  }
  .menu-group + .menu-group {
    margin-top: 4px;
    padding-top: 4px;
    border-top: 1px solid var(--vscode-menu-separatorBackground);
  }
  .menu-item {
    display: flex;
    align-items: center;
    gap: 8px;
    width: calc(100% - 8px);
    height: 22px;
    margin: 0 4px;
    padding: 0 8px;
    border: 0;
    border-radius: 3px;
    color: inherit;
    background: none;
    white-space: nowrap;
    text-align: left;
  }
  .menu-item:focus {
    color: var(--vscode-menu-selectionForeground);
    background: var(--vscode-menu-selectionBackground);
    outline: 1px solid var(--vscode-menu-selectionBorder, transparent);
    outline-offset: -1px;
  }
  .menu-item[aria-disabled='true'],
  .menu-item[aria-disabled='true']:focus {
    color: var(--vscode-disabledForeground);
    background: none;
    cursor: default;
  }
  .menu-item[aria-disabled='true']:focus {
    outline-color: var(--vscode-focusBorder);
  }

  .note {
    position: fixed;
    z-index: 10;
    display: flex;
    align-items: flex-start;
    gap: 6px;
    box-sizing: border-box;
    width: max-content;
    max-width: min(440px, 90vw);
    padding: 3px 6px;
    border: 1px solid var(--vscode-inputValidation-infoBorder);
    color: var(--vscode-inputValidation-infoForeground, var(--vscode-foreground));
    background: var(--vscode-inputValidation-infoBackground);
    box-shadow: 0 2px 8px var(--vscode-widget-shadow);
  }
  .note > .codicon {
    line-height: 18px;
  }
  .note-title {
    font-weight: 600;
  }
  .note-warning {
    border-color: var(--vscode-inputValidation-warningBorder);
    color: var(--vscode-inputValidation-warningForeground, var(--vscode-foreground));
    background: var(--vscode-inputValidation-warningBackground);
  }
  .note-error {
    border-color: var(--vscode-inputValidation-errorBorder);
    color: var(--vscode-inputValidation-errorForeground, var(--vscode-foreground));
    background: var(--vscode-inputValidation-errorBackground);
  }
  .note-info > .codicon {
    color: var(--vscode-charts-blue);
  }
  .note-warning > .codicon {
    color: var(--vscode-list-warningForeground, var(--vscode-charts-yellow));
  }
  .note-error > .codicon {
    color: var(--vscode-list-errorForeground, var(--vscode-errorForeground));
  }
`;
