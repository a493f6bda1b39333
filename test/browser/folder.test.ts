import { expect } from 'chai';
import { silentLog } from '../../lib/log.js';
import { type RunningServer, startServer } from '../../lib/server.js';
import { browserOrSkip, type TestBrowser } from '../helpers/browser.js';
import { FolderProxy } from '../helpers/folder-proxy.js';
import { PageDriver } from './page-driver.js';

describe('the browser page in a folder that a proxy gives it', function () {
  this.timeout(60_000);

  let browser: TestBrowser;
  let server: RunningServer | undefined;

  before(async function () {
    browser = await browserOrSkip(this);
    server = await startServer({ clientPort: undefined, webSocketPort: 0, peerPort: 0 }, silentLog);
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  for (const strips of [true, false]) {
    it(`is found with all that it needs, and talks with its server, ${strips ? 'off' : 'on'} whose paths it is`, async () => {
      const to = server?.ports.websocket ?? 0;
      const proxy = await FolderProxy.open({ folder: '/deep/chat/', to, strips });
      try {
        const ann = new PageDriver(await browser.newPage());
        const bob = new PageDriver(await browser.newPage());
        for (const [page, name] of [
          [ann, 'ann'],
          [bob, 'bob'],
        ] as const) {
          await page.page.goto(`http://127.0.0.1:${proxy.port}/deep/chat/?from=elsewhere#garden`);
          await page.enter(name, 'garden');
          await page.log('garden').waitFor();
        }
        await ann.say('from a folder');
        await bob.message('from a folder').waitFor();
        expect(new URL(ann.page.url()).pathname).to.equal('/deep/chat/');
        for (const { page } of [ann, bob]) await page.close();
        expect(browser.takeComplaints()).to.deep.equal([]);
      } finally {
        await proxy.close();
      }
    });
  }
});
