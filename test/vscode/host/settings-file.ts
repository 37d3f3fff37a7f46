import { writeFile } from 'node:fs/promises';

/**
 * A settings.json that VS Code watches. Settings are changed from outside because a window in a browser keeps its
 * user settings inside that browser, and the workspace's own settings are the project's.
 */
export class SettingsFile {
  readonly #file: string;
  #values: Readonly<Record<string, unknown>> = {};

  constructor(file: string) {
    this.#file = file;
  }

  async set(values: Readonly<Record<string, unknown>>): Promise<void> {
    this.#values = { ...this.#values, ...values };
    await writeFile(this.#file, JSON.stringify(this.#values, undefined, 2));
  }
}
