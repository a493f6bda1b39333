import { expect } from 'chai';
import { silentLog } from '../../lib/log.js';
import { type RunningServer, startServer } from '../../lib/server.js';
import { browserOrSkip, type TestBrowser } from '../helpers/browser.js';
import { connectRaw, type RawClient } from '../helpers/raw-client.js';
import { PageDriver } from './page-driver.js';

const say = (client: RawClient, channel: string, text: string) => client.send({ type: 'msg', channel, text });
const isRefusedConnection = (complaint: string) => complaint.includes('ERR_CONNECTION_REFUSED');

describe('the browser page', function () {
  this.timeout(60_000);

  let browser: TestBrowser;
  let server: RunningServer | undefined;
  let pagePort = 0;
  let clientPort = 0;
  const pages: PageDriver[] = [];
  const clients: RawClient[] = [];

  /** Starts the server, on the ports that it had before if it ran before. */
  const start = async () => {
    const options = { clientPort, webSocketPort: pagePort, peerPort: 0, name: 'alpha' };
    server = await startServer(options, silentLog);
    pagePort = server.ports.websocket ?? 0;
    clientPort = server.ports.client ?? 0;
  };
  const newPage = async (size?: { width: number; height: number }) => {
    const driver = new PageDriver(await browser.newPage(size));
    pages.push(driver);
    return driver;
  };
  const newClient = async (name: string, channel = 'lobby') => {
    const client = await connectRaw('tcp', clientPort);
    clients.push(client);
    await client.enter(channel, name);
    return client;
  };

  before(async function () {
    browser = await browserOrSkip(this);
    await start();
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    for (const { page } of pages.splice(0)) await page.close();
    expect(browser.takeComplaints(), 'console errors and CSP violations').to.deep.equal([]);
    expect([...browser.origins]).to.deep.equal([`http://127.0.0.1:${pagePort}`]);
  });

  it('talks with a TCP client, both ways, and shows who comes and goes', async () => {
    const page = await newPage();
    await page.open(pagePort);
    await page.enter('ann', '#Lobby');
    await page.log('lobby').waitFor();
    await page.membersAre('ann');
    const bob = await newClient('bob');
    await page.membersAre('ann', 'bob');
    await page.sees('bob joined');
    say(bob, 'lobby', 'hello from the terminal');
    await page.message('hello from the terminal').waitFor();
    await page.say('hello from the page');
    expect(await bob.nextWith({ type: 'msg', text: 'hello from the page' })).to.include({
      from: 'ann',
      channel: 'lobby',
    });
    bob.send({ type: 'nick', name: 'rob' });
    await page.sees('bob is now rob');
    await page.membersAre('ann', 'rob');
    await bob.close();
    await page.sees('rob left');
    await page.membersAre('ann');
  });

  it("shows one's own message at once, and confirms it", async () => {
    const page = await newPage();
    await page.join(pagePort, 'ann', 'lobby');
    await page.say('mine');
    await page.page.locator('.message.done', { hasText: 'mine' }).waitFor();
    expect(await page.message('mine').count()).to.equal(1);
  });

  it('sends with Enter, begins a new line with Shift+Enter, and keeps lines as they are', async () => {
    const page = await newPage();
    const bob = await newClient('bob');
    await page.join(pagePort, 'ann', 'lobby');
    const input = page.page.getByLabel('Message to');
    await input.fill('one');
    await input.press('Shift+Enter');
    await input.pressSequentially('two');
    await input.press('Enter');
    await bob.nextWith({ type: 'msg', text: 'one\ntwo' });
    expect(await input.inputValue()).to.equal('');
  });

  it('shows hostile text as text', async () => {
    const page = await newPage();
    await page.join(pagePort, 'ann', 'lobby');
    const bob = await newClient('bob');
    const hostile = [
      `<img src="/x" onerror="console.error('ran')">`,
      `</p><script>console.error('ran')</script>`,
      `<a href="javascript:console.error('ran')">x</a>`,
      '&lt;b&gt; {{7*7}} &#x3c;b>',
      'javascript:console.error(1)',
    ];
    for (const text of hostile) {
      say(bob, 'lobby', text);
      await page.message(text).waitFor();
    }
    say(bob, 'lobby', 'a\u001b[31mred\u0007 end');
    await page.message('a[31mred end').waitFor();
    expect(await page.page.locator('.log :is(img, script, a, b)').count()).to.equal(0);
  });

  it('makes links of web addresses that tell the other page nothing', async () => {
    const page = await newPage();
    await page.join(pagePort, 'ann', 'lobby');
    const bob = await newClient('bob');
    say(bob, 'lobby', 'see https://example.org/a?b (there).');
    const link = page.page.getByRole('link', { name: 'https://example.org/a?b' });
    await link.waitFor();
    expect(await link.getAttribute('href')).to.equal('https://example.org/a?b');
    expect(await link.getAttribute('target')).to.equal('_blank');
    expect(await link.getAttribute('rel')).to.equal('noopener noreferrer nofollow');
  });

  it('lets no script make HTML of text: the browser itself refuses', async () => {
    const page = await newPage();
    await page.open(pagePort);
    const told = page.page.waitForEvent('console', (message) =>
      message.text().includes('violated: require-trusted-types-for'),
    );
    const refused = await page.page.evaluate<boolean>(`(() => {
      try {
        document.body.innerHTML = '<b>html</b>';
        return false;
      } catch {
        return true;
      }
    })()`);
    expect(refused).to.equal(true);
    await told;
    browser.takeComplaints();
  });

  it('says at the join form what is wrong with a name or a channel, and lets one try again', async () => {
    await newClient('ann');
    const page = await newPage();
    await page.open(pagePort, 'garden');
    expect(await page.page.getByLabel('Channel').inputValue()).to.equal('garden');
    await page.enter('two words', 'lobby');
    await page.sees('A name begins with a letter');
    await page.enter('eve', 'a,b');
    await page.sees('A channel name has no spaces');
    expect(await page.page.getByLabel('Channel').getAttribute('aria-invalid')).to.equal('true');
    await page.enter('Ann', 'lobby');
    await page.sees('choose another name');
    expect(await page.page.getByLabel('Your name').getAttribute('aria-invalid')).to.equal('true');
    await page.enter('eve', 'lobby');
    await page.membersAre('ann', 'eve');
  });

  it('is in several channels: joins, counts what is unread, changes its name, leaves', async () => {
    const page = await newPage();
    await page.join(pagePort, 'ann', 'lobby');
    const bob = await newClient('bob');
    await newClient('carol', 'garden');
    await page.page.getByRole('button', { name: 'Join a channel' }).click();
    await page.page.getByRole('button', { name: '#garden 1 member' }).click();
    await page.log('garden').waitFor();
    await page.membersAre('ann', 'carol');
    expect(new URL(page.page.url()).hash).to.equal('#garden');
    say(bob, 'lobby', 'one');
    say(bob, 'lobby', 'two');
    const lobby = page.page.getByRole('button', { name: '#lobby 2 unread' });
    await lobby.waitFor();
    await lobby.click();
    await page.message('two').waitFor();
    await page.page.getByRole('button', { name: 'Change your name' }).click();
    await page.page.getByLabel('New name').fill('bob');
    await page.page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.sees('choose another name');
    await page.page.getByLabel('New name').fill('anna');
    await page.page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.sees('ann is now anna');
    await page.membersAre('anna', 'bob');
    await page.page.getByRole('button', { name: 'Leave #lobby' }).click();
    await page.log('garden').waitFor();
    await bob.nextWith({ type: 'leave', name: 'anna' });
    await page.page.getByRole('button', { name: 'Leave #garden' }).click();
    await page.page.getByRole('heading', { name: 'Hearsay' }).waitFor();
  });

  it('follows the newest message, unless one has scrolled up; then it counts the new ones', async () => {
    const page = await newPage({ width: 800, height: 400 });
    await page.join(pagePort, 'ann', 'lobby');
    const bob = await newClient('bob');
    for (let i = 1; i <= 40; i++) bob.send({ type: 'msg', channel: 'lobby', text: `line ${i}` });
    await page.message('line 40').waitFor();
    const atEnd = `(() => {
      const { scrollHeight, scrollTop, clientHeight } = document.querySelector('.log');
      return scrollHeight - scrollTop - clientHeight < 2;
    })()`;
    await page.holds(atEnd);
    await page.page.evaluate(`document.querySelector('.log').scrollTop = 0`);
    await page.sees('To the newest');
    say(bob, 'lobby', 'new 1');
    say(bob, 'lobby', 'new 2');
    const button = page.page.getByRole('button', { name: '2 new messages' });
    await button.waitFor();
    expect(await page.page.evaluate(atEnd)).to.equal(false);
    await button.click();
    await page.holds(atEnd);
    await button.waitFor({ state: 'detached' });
  });

  it('counts unread messages in the title while its tab is hidden', async () => {
    const page = await newPage();
    await page.join(pagePort, 'ann', 'lobby');
    const bob = await newClient('bob');
    const setHidden = (hidden: boolean) =>
      page.page.evaluate(`
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} });
        document.dispatchEvent(new Event('visibilitychange'));
      `);
    await page.holds(`document.title === '#lobby – Hearsay'`);
    await setHidden(true);
    say(bob, 'lobby', 'psst');
    await page.holds(`document.title === '(1) #lobby – Hearsay'`);
    await setHidden(false);
    await page.holds(`document.title === '#lobby – Hearsay'`);
  });

  it('talks with one user alone, from a click on a name, from /msg, and when somebody begins', async () => {
    const page = await newPage();
    await page.join(pagePort, 'ann', 'lobby');
    const bob = await newClient('bob');
    const cat = await newClient('cat', 'hall');
    await page.membersAre('ann', 'bob');

    await page.page.getByRole('button', { name: 'bob', exact: true }).click();
    await page.logWith('bob').waitFor();
    await page.say('for you alone');
    expect(await bob.nextWith({ type: 'msg' })).to.include({ to: 'bob', from: 'ann', text: 'for you alone' });
    await page.page.locator('.message.done', { hasText: 'for you alone' }).waitFor();
    bob.send({ type: 'msg', to: 'ann', text: 'thanks' });
    await page.message('thanks').waitFor();

    await page.say('/msg cat psst');
    await page.logWith('cat').waitFor();
    expect(await cat.nextWith({ type: 'msg' })).to.include({ to: 'cat', text: 'psst' });
    bob.send({ type: 'msg', to: 'ann', text: 'one more' });
    const talkWithBob = page.page.getByRole('navigation').getByRole('button', { name: 'bob 1 unread' });
    await talkWithBob.click();
    await page.message('one more').waitFor();
    await page.page.getByRole('navigation').getByRole('button', { name: 'bob', exact: true }).waitFor();

    await bob.close();
    await page.say('still there?');
    await page.sees('Nobody is called bob');
    await page.page.getByRole('button', { name: 'Close the talk with bob' }).click();
    await page.log('lobby').waitFor();
    expect(await page.message('for you alone').count()).to.equal(0);
    await page.say('/msg');
    await page.sees('Type it as: /msg <name> <text>');
  });

  it('comes back to its channels after a reload', async () => {
    const page = await newPage();
    await page.join(pagePort, 'ann', 'lobby');
    const bob = await newClient('bob');
    await page.page.reload();
    await page.log('lobby').waitFor();
    await page.membersAre('ann', 'bob');
    await page.say('back');
    await bob.nextWith({ type: 'msg', text: 'back' });
  });

  it('says that it reconnects when the server stops, and goes on when it is there again', async () => {
    const page = await newPage();
    await page.join(pagePort, 'ann', 'lobby');
    await page.say('before');
    await page.page.locator('.message.done', { hasText: 'before' }).waitFor();
    const stopped = server?.stop();
    await page.sees('Reconnecting');
    await stopped;
    await page.say('meanwhile');
    await page.page.locator('.message.pending', { hasText: 'meanwhile' }).waitFor();
    await start();
    const bob = await newClient('bob');
    await page.sees('Connected again');
    await page.membersAre('ann', 'bob');
    await bob.nextWith({ type: 'msg', text: 'meanwhile' });
    say(bob, 'lobby', 'welcome back');
    await page.message('welcome back').waitFor();
    await page.say('thanks');
    await bob.nextWith({ type: 'msg', text: 'thanks' });
    expect(await page.message('before').count(), 'what was there is still there').to.equal(1);
    const others = browser.takeComplaints().filter((complaint) => !isRefusedConnection(complaint));
    expect(others).to.deep.equal([]);
  });

  it('fits a phone: nothing sticks out, whatever is said, and the lists are in drawers', async () => {
    const page = await newPage({ width: 360, height: 740 });
    await page.open(pagePort);
    expect(await page.overflow()).to.equal(undefined);
    const longName = 'Z'.repeat(32);
    const longChannel = 'w'.repeat(64);
    await page.join(pagePort, longName, longChannel);
    const bob = await newClient(`b${'o'.repeat(31)}`, longChannel);
    for (const text of [
      'W'.repeat(500),
      `https://example.org/${'a'.repeat(400)}`,
      `\t\t${'_'.repeat(200)}`,
    ]) {
      say(bob, longChannel, text);
    }
    say(bob, longChannel, 'end');
    await page.message('end').waitFor();
    expect(await page.overflow()).to.equal(undefined);

    bob.send({ type: 'msg', to: longName, text: 'W'.repeat(500) });
    await page.page.getByRole('button', { name: 'Channels (1 unread)' }).click();
    await page.page.getByRole('button', { name: /^bo+ 1 unread$/ }).click();
    await page.logWith(`b${'o'.repeat(31)}`).waitFor();
    expect(await page.overflow()).to.equal(undefined);
    await page.page.getByRole('button', { name: 'Channels', exact: true }).click();
    await page.page.getByRole('button', { name: `#${longChannel}` }).click();
    await page.log(longChannel).waitFor();

    const members = page.page.getByRole('complementary', { name: 'Members' });
    expect(await members.isVisible()).to.equal(false);
    await page.page.getByRole('button', { name: '2 members' }).click();
    await members.waitFor();
    await page.page.keyboard.press('Escape');
    await members.waitFor({ state: 'hidden' });

    await page.page.getByRole('button', { name: 'Channels', exact: true }).click();
    await page.page.getByRole('complementary', { name: 'Channels' }).waitFor();
    await page.page.getByRole('button', { name: 'Join a channel' }).click();
    await page.page.getByRole('dialog').waitFor();
    await page.page.getByText('2 members').last().waitFor();
    expect(await page.overflow()).to.equal(undefined);
    await page.page.keyboard.press('Escape');
    await page.page.getByRole('dialog').waitFor({ state: 'detached' });

    const input = await page.page.getByLabel('Message to').boundingBox();
    expect((input?.y ?? 0) + (input?.height ?? 0)).to.be.within(600, 740);
  });
});
