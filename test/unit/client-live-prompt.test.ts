import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { LivePrompt, type LivePromptOptions } from '../../lib/terminal/live-prompt.js';
import { Screen } from '../helpers/client-screen.js';
import { settled } from '../helpers/client-time.js';

const left = '\x1b[D';

describe('the live prompt', () => {
  let prompt: LivePrompt | undefined;
  afterEach(() => prompt?.close());

  function open(columns: number, given: Partial<LivePromptOptions> = {}) {
    const input = new PassThrough();
    const screen = new Screen(columns);
    const entered: string[] = [];
    const ends: string[] = [];
    const opened = new LivePrompt({
      input,
      output: screen,
      prompt: '> ',
      onLine: (line) => entered.push(line),
      onEnd: (how) => ends.push(how),
      live: true,
      ...given,
    });
    prompt = opened;
    const type = async (keys: string) => {
      input.write(keys);
      await settled();
    };
    return { prompt: opened, input, screen, entered, ends, type };
  }

  it('prints a line above what is being typed, and keeps the text and the cursor', async () => {
    const { prompt, screen, type } = open(40);
    await type(`hello wrld${left.repeat(3)}`);
    prompt.print('12:00 bob: hi');
    expect(screen.text).to.equal('12:00 bob: hi\n> hello wrld');
    await type('o');
    expect(screen.text).to.equal('12:00 bob: hi\n> hello world');
  });

  it('prints above a typed text of several rows, wherever the cursor stands in it', async () => {
    for (const back of [0, 1, 20, 21, 35, 60]) {
      const { prompt, screen, type } = open(20);
      await type('a'.repeat(60) + left.repeat(back));
      const before = screen.cursor;
      prompt.print('one');
      prompt.print('two, which is longer than the terminal is wide');
      expect(screen.lines.slice(0, 4)).to.deep.equal([
        'one',
        'two, which is longer',
        ' than the terminal i',
        's wide',
      ]);
      expect(screen.lines.slice(4).join('')).to.equal(`> ${'a'.repeat(60)}`);
      expect(screen.cursor).to.deep.equal({ row: before.row + 4, column: before.column });
      prompt.close();
    }
  });

  it('prints above a typed text that ends just at the right edge', async () => {
    const { prompt, screen, type } = open(20);
    await type('a'.repeat(18));
    prompt.print('one');
    prompt.print('two');
    await type('b');
    expect(screen.text).to.equal(`one\ntwo\n> ${'a'.repeat(18)}\nb`);
  });

  it('leaves an entered line on the screen', async () => {
    const { prompt, screen, entered, type } = open(20);
    await type('first\r');
    prompt.print('news');
    expect(entered).to.deep.equal(['first']);
    expect(screen.text).to.equal('> first\nnews\n>');
  });

  it('takes an entered line away, however long, for another to stand in its place', async () => {
    for (const length of [1, 17, 18, 19, 38, 39, 61]) {
      const opened = open(20, {
        keepEntered: false,
        onLine: (line) => opened.prompt.print(`said ${line.length}`),
      });
      await opened.type(`${'x'.repeat(length)}${left.repeat(length / 2)}\r`);
      expect(opened.screen.text).to.equal(`said ${length}\n>`);
      opened.prompt.close();
    }
  });

  it('takes several lines that are pasted at once', async () => {
    const opened = open(20, { keepEntered: false, onLine: (line) => opened.prompt.print(`said ${line}`) });
    await opened.type('one\rtwo\rthree\rand');
    expect(opened.screen.text).to.equal('said one\nsaid two\nsaid three\n> and');
  });

  it('puts pasted text where the cursor is', async () => {
    const { screen, type } = open(40);
    await type(`hello world${left.repeat(5)}`);
    await type('big\twide ');
    expect(screen.text).to.equal('> hello big wide world');
  });

  it('changes the prompt and keeps the typed text', async () => {
    const { prompt, screen, type } = open(20);
    await type('typed');
    prompt.setPrompt('ann@lobby> ');
    expect(screen.text).to.equal('ann@lobby> typed');
    expect(screen.cursor.column).to.equal('ann@lobby> typed'.length);
  });

  it('leaves nothing of the prompt behind when it is closed', async () => {
    const { prompt, screen, ends, type } = open(20);
    prompt.print('said');
    await type('half a thought that is long');
    prompt.close();
    prompt.close();
    expect(screen.text).to.equal('said');
    expect(screen.cursor).to.deep.equal({ row: 1, column: 0 });
    expect(ends).to.deep.equal([]);
  });

  it('tells Ctrl-C from Ctrl-D, once each', async () => {
    const first = open(20);
    await first.type('typed\x03\x03');
    expect(first.ends).to.deep.equal(['interrupted']);
    const second = open(20);
    await second.type('\x04');
    expect(second.ends).to.deep.equal(['ended']);
    expect(second.screen.text).to.equal('');
  });

  it('prints on after it was closed, without a prompt', () => {
    const { prompt, screen } = open(20);
    prompt.close();
    prompt.print('bye');
    expect(screen.text).to.equal('bye');
  });

  it('can be closed by the line that is entered, with others behind it', async () => {
    const opened = open(20, { onLine: () => opened.prompt.close() });
    await opened.type('/quit\rmore\r');
    expect(opened.screen.text).to.equal('> /quit');
  });

  it('completes at the Tab key', async () => {
    const { screen, type } = open(40, {
      completer: (line) => [['/join ', '/leave '].filter((c) => c.startsWith(line)), line],
    });
    await type('/j');
    await type('\t');
    expect(screen.text).to.equal('> /join');
  });

  it('completes at a Tab that comes with the letters before it, and not in or after pasted lines', async () => {
    const completer = (line: string): [string[], string] => [
      ['/join ', '/leave '].filter((c) => c.startsWith(line)),
      line,
    ];
    const typed = open(40, { completer });
    await typed.type('/j\t');
    expect(typed.screen.text).to.equal('> /join');
    typed.prompt.close();
    const pasted = open(40, { completer });
    await pasted.type('one\r/j\t');
    await pasted.type('\ta\tb');
    expect(pasted.screen.text).to.equal('> one\n> /j  a b');
    expect(pasted.entered).to.deep.equal(['one']);
  });

  it('ends when its terminal is lost, and when its mode cannot be set any more', async () => {
    const input = Object.assign(new PassThrough(), {
      setRawMode: (raw: boolean) => {
        if (!raw) input.emit('error', new Error('EIO'));
      },
    });
    const opened = open(20, { input });
    input.emit('error', new Error('EIO'));
    await settled();
    expect(opened.ends).to.deep.equal(['ended']);
    opened.prompt.close();
  });

  it('ends when its input cannot be read, where there is no terminal', async () => {
    const { input, ends } = open(20, { live: false });
    input.destroy(new Error('EBADF'));
    await settled();
    expect(ends).to.deep.equal(['ended']);
  });

  it('is a plain reader and writer of lines where there is no terminal', async () => {
    const output = new PassThrough();
    const { prompt, entered, ends, input } = open(20, { live: false, output });
    prompt.print('news');
    input.end('one\ntwo');
    await settled();
    expect(entered).to.deep.equal(['one', 'two']);
    expect(ends).to.deep.equal(['ended']);
    expect(output.read()?.toString()).to.equal('news\n');
  });
});
