import { expect } from 'chai';
import { browserOrSkip, type TestBrowser } from '../helpers/browser.js';
import { Program, ServerProgram } from '../helpers/program.js';
import { PageDriver } from './page-driver.js';

describe('the browser page on one server and a cli-client on another', function () {
  this.timeout(60_000);

  let browser: TestBrowser;
  const running: Program[] = [];

  before(async function () {
    browser = await browserOrSkip(this);
  });

  after(async () => {
    await browser?.close();
    await Promise.all(running.map((program) => program.end()));
  });

  it('talk over the peered servers, and see one another come and go', async () => {
    const alpha = await ServerProgram.start('cli-server', 'alpha');
    const beta = await ServerProgram.start('websock-server', 'beta');
    running.push(alpha, beta);
    await alpha.connectTo(beta);

    const page = new PageDriver(await browser.newPage());
    await page.join(beta.ports.websocket ?? 0, 'ann', 'lobby');
    const bob = new Program('cli-client', ['127.0.0.1', String(alpha.ports.client), '#Lobby', 'bob']);
    running.push(bob);
    await page.membersAre('ann', 'bob');

    for (let i = 0; i < 10; i++) {
      bob.type(`from the terminal ${i}.`);
      await page.say(`from the page ${i}.`);
    }
    await page.message('from the terminal 9.').waitFor();
    await bob.waitFor('from the page 9.');
    const ten = (start: string) => Array.from({ length: 10 }, (_, i) => `${start} ${i}.`);
    expect(bob.output.match(/from the page \d\./g)).to.deep.equal(ten('from the page'));
    const onThePage = await page.log('lobby').innerText();
    expect(onThePage.match(/from the terminal \d\./g)).to.deep.equal(ten('from the terminal'));

    bob.type('/nick rob');
    await page.sees('bob is now rob');
    bob.type('/quit');
    expect(await bob.exited).to.equal(0);
    await page.membersAre('ann');
    expect(browser.takeComplaints()).to.deep.equal([]);
  });
});
