/** What a person does with the page, as functions for the tests. */
import type { Locator, Page } from 'playwright-core';

export class PageDriver {
  constructor(readonly page: Page) {}

  /** Opens the page of a server on this machine, with the channel in the address if one is given. */
  async open(port: number, channel?: string): Promise<void> {
    await this.page.goto(`http://127.0.0.1:${port}/${channel === undefined ? '' : `#${channel}`}`);
    await this.page.getByRole('heading', { name: 'Hearsay' }).waitFor();
  }

  /** Fills in the join form and sends it. */
  async enter(name: string, channel: string): Promise<void> {
    await this.page.getByLabel('Your name').fill(name);
    await this.page.getByLabel('Channel').fill(channel);
    await this.page.getByRole('button', { name: 'Join' }).click();
  }

  /** Opens the page, joins and waits until the chat is there. */
  async join(port: number, name: string, channel: string): Promise<void> {
    await this.open(port);
    await this.enter(name, channel);
    await this.log(channel).waitFor();
  }

  log(channel: string): Locator {
    return this.page.getByRole('log', { name: `Messages in ${channel}`, exact: true });
  }

  /** The log of a conversation with one user. */
  logWith(name: string): Locator {
    return this.page.getByRole('log', { name: `Messages with ${name}`, exact: true });
  }

  /** A message that can be seen, by its whole text. */
  message(text: string): Locator {
    return this.page.locator('.message .text').getByText(text, { exact: true });
  }

  async sees(text: string): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  async say(text: string): Promise<void> {
    const input = this.page.getByLabel('Message to');
    await input.fill(text);
    await input.press('Enter');
  }

  /** Resolves once the member list is this. */
  async membersAre(...names: string[]): Promise<void> {
    await this.holds(
      `[...document.querySelectorAll('.members li .name')].map((e) => e.textContent).join() === ${JSON.stringify(names.join())}`,
    );
  }

  /**
   * Resolves once an expression is true in the page. It is part of the script that looks each frame: Playwright's own
   * `waitForFunction` has the page evaluate text, which the page's Content-Security-Policy forbids.
   */
  async holds(expression: string): Promise<void> {
    await this.page.evaluate(`new Promise((resolve, reject) => {
      const giveUp = setTimeout(() => reject(new Error('it never held')), 15_000);
      const look = () => {
        if (!(${expression})) return requestAnimationFrame(look);
        clearTimeout(giveUp);
        resolve();
      };
      look();
    })`);
  }

  /** The element that sticks out furthest of the window to the right, if any does. */
  async overflow(): Promise<string | undefined> {
    return this.page.evaluate<string | undefined>(`(() => {
      const isShown = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest('.unseen');
      const sticksOut = (e) => e.getBoundingClientRect().right > innerWidth + 0.5 || e.scrollLeft > 0;
      const found = [...document.querySelectorAll('body *')].filter((e) => isShown(e) && sticksOut(e));
      const scrolls = document.scrollingElement.scrollWidth > innerWidth;
      return found[0]?.outerHTML.slice(0, 200) ?? (scrolls ? 'the page itself' : undefined);
    })()`);
  }
}
