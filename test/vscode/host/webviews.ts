import { setTimeout as sleep } from 'node:timers/promises';
import type { Frame, Page } from 'playwright-core';

/** Whether the frame's own iframe element can be seen; VS Code keeps hidden webviews alive. */
async function isShown(frame: Frame): Promise<boolean> {
  try {
    const element = await frame.frameElement();
    const box = await element.boundingBox();
    return box !== null && box.width > 0 && box.height > 0 && (await element.isVisible());
  } catch {
    return false; // it went away while we looked
  }
}

/** VS Code shows a webview as an iframe in an iframe; the inner one, `active-frame`, holds the extension's page. */
async function shownWebviews(page: Page): Promise<Frame[]> {
  const found: Frame[] = [];
  for (const outer of page.mainFrame().childFrames()) {
    for (const inner of outer.childFrames()) {
      const element = await inner.frameElement().catch(() => undefined);
      if (element === undefined || (await element.getAttribute('id')) !== 'active-frame') continue;
      if (await isShown(inner)) found.push(inner);
    }
  }
  return found;
}

/** The visible webview that holds `having`, or the first one. Waits until there is one. */
export async function findWebview(page: Page, having: string | undefined, deadline: number): Promise<Frame> {
  for (;;) {
    const frames = await shownWebviews(page);
    for (const frame of frames) {
      if (having === undefined) return frame;
      const count = await frame
        .locator(having)
        .count()
        .catch(() => 0);
      if (count > 0) return frame;
    }
    if (Date.now() > deadline) {
      const what = having === undefined ? 'No webview is shown' : `No webview shown holds ${having}`;
      throw new Error(`${what} (${frames.length} visible).`);
    }
    await sleep(50);
  }
}
