import { connectHost } from './host.ts';
import { Store } from './model/store.ts';
import { App } from './ui/app.ts';
import { adoptStyles } from './ui/styles/styles.ts';

// Entry point of the webview "Interrupts".
adoptStyles(document);
const app = new App();
app.store = new Store(connectHost());
document.body.append(app);
app.store.start();
