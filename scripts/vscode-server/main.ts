// `npm run vscode-server`: sets the VS Code server up ahead of time, so that tests and `npm start` find it ready.
import { BROWSER_PACKAGES, ensureDebianPackages } from './debian.ts';
import { provisionVsCodeServer } from './provision.ts';
import { SetupError } from './step.ts';

try {
  await ensureDebianPackages(BROWSER_PACKAGES);
  const server = await provisionVsCodeServer();
  console.log(`VS Code server: ${server.serverMain}`);
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
