import { expect } from 'chai';
import { type Ask, type ClientKind, parseClientOptions } from '../../lib/client/options.js';
import { UsageError } from '../../lib/command-line.js';

function parse(kind: ClientKind, line: string, ask?: Ask) {
  const program = kind === 'tcp' ? 'cli-client' : 'websock-client';
  return parseClientOptions(program, 'A client.', kind, line.split(' ').filter(Boolean), ask);
}

async function errorOf(kind: ClientKind, line: string): Promise<string> {
  try {
    await parse(kind, line);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return 'none';
}

describe("a client's command line", () => {
  it('is an address, a port, and maybe a channel and a name', async () => {
    expect(await parse('tcp', '127.0.0.1 8545')).to.deep.include({ host: '127.0.0.1', port: 8545 });
    expect(await parse('tcp', 'localhost 1 lobby ann')).to.deep.include({
      host: 'localhost',
      port: 1,
      channel: 'lobby',
      name: 'ann',
    });
    expect(await parse('tcp', '[2001:db8::1] 8545 007 _x')).to.deep.include({
      host: '2001:db8::1',
      channel: '007',
    });
  });

  it('may have a URL for WebSocket', async () => {
    const cases = {
      '127.0.0.1 8546': 'ws://127.0.0.1:8546/',
      '::1 8546': 'ws://[::1]:8546/',
      'ws://example.org 8546 lobby ann': 'ws://example.org:8546/',
      'ws://example.org:8546 lobby ann': 'ws://example.org:8546/',
      'ws://example.org:8546 8546 lobby ann': 'ws://example.org:8546/',
      'ws://example.org:80 lobby ann': 'ws://example.org/',
      'wss://example.org/chat lobby ann': 'wss://example.org/chat',
      'WSS://example.org 8443': 'wss://example.org:8443/',
    };
    for (const [line, url] of Object.entries(cases)) {
      const options = await parse('websocket', line);
      expect(options.url.href, line).to.equal(url);
      expect(options.channel, line).to.equal(line.includes('lobby') ? 'lobby' : undefined);
    }
  });

  it('takes every host that a system takes, with or without a URL', async () => {
    const cases = {
      '::1%lo 1': ['::1%lo', 'ws://[::1]:1/'],
      '[fe80::1%eth0] 1': ['fe80::1%eth0', 'ws://[fe80::1]:1/'],
      'ws://[fe80::1%eth0]:1': ['fe80::1%eth0', 'ws://[fe80::1]:1/'],
      'wss://[fe80::1%25eth0]:1/chat': ['fe80::1%eth0', 'wss://[fe80::1]:1/chat'],
      'bücher.example 1': ['bücher.example', 'ws://xn--bcher-kva.example:1/'],
      'my_host 1': ['my_host', 'ws://my_host:1/'],
      '127.1 1': ['127.0.0.1', 'ws://127.0.0.1:1/'],
    };
    for (const [line, [host, url]] of Object.entries(cases)) {
      const options = await parse('websocket', line);
      expect([options.host, options.url.href], line).to.deep.equal([host, url]);
      if (!line.startsWith('ws')) expect(await parse('tcp', line)).to.deep.include({ host });
    }
  });

  it('gets one clear line for each thing that is wrong', async () => {
    const cases: [ClientKind, string, RegExp][] = [
      ['tcp', '', /^<ip> is missing\. Type it as: cli-client <ip> <port> \[channel\] \[name\]/],
      ['tcp', '127.0.0.1', /^<port> is missing/],
      ['tcp', '127.0.0.1 8545 lobby', /^\[name\], needed with a channel, is missing/],
      ['tcp', '127.0.0.1 0', /^'0' is no port/],
      ['tcp', '127.0.0.1 65536', /^'65536' is no port/],
      ['tcp', '127.0.0.1 lobby ann', /^'lobby' is no port/],
      ['tcp', '127.0.0.256 8545', /^'127\.0\.0\.256' is not an address/],
      ['tcp', '127.0.0.1:8545 lobby', /Give the port separately: 127\.0\.0\.1 8545$/],
      ['tcp', '8545', /'8545' is not an address/],
      ['websocket', 'example.org;8546', /is not an address.*or a URL/],
      ['tcp', 'ws://127.0.0.1 8545', /is not an address/],
      ['tcp', 'xn-- 8545', /^'xn--' is not an address/],
      ['tcp', 'fe80::1 8545', /^'fe80::1' is a link-local address/],
      ['websocket', 'ws://[fe80::1]:1', /^'fe80::1' is a link-local address/],
      ['websocket', 'ws://xn--:1', /is no URL of a server/],
      ['websocket', 'ws://[fe80::1%]:1', /is no URL of a server/],
      ['websocket', 'ws://[fe80::1%my_if]:1', /has a zone that Node/],
      ['tcp', '127.0.0.1 8545 a,b ann', /^A channel name has no/],
      ['tcp', '127.0.0.1 8545 lobby 7up', /^A name begins with/],
      ['tcp', '127.0.0.1 8545 lobby ann more', /^too many arguments: 'more'/],
      ['tcp', '127.0.0.1 8545 --nick ann', /^Unknown argument: nick/],
      ['websocket', 'http://127.0.0.1 8546', /is no URL of a server/],
      ['websocket', 'ws://u:p@127.0.0.1 8546', /is no URL of a server/],
      ['websocket', 'ws://127.0.0.1:1 2', /^the URL has port 1, and the port given is 2/],
      ['websocket', 'ws://127.0.0.1 lobby ann', /^'lobby' is no port/],
    ];
    for (const [kind, line, expected] of cases) {
      const message = await errorOf(kind, line);
      expect(message, line).to.match(expected);
      expect(message).to.not.include('\n');
    }
  });

  it('is completed by questions where there is somebody to ask', async () => {
    const questions: string[] = [];
    const ask: Ask = (question, byDefault, read) => {
      questions.push(`${question} [${byDefault}]`);
      return read(byDefault ?? 'ann');
    };
    expect(await parse('tcp', '', ask)).to.deep.include({ host: '127.0.0.1', port: 8545 });
    expect(await parse('websocket', 'ws://example.org', ask)).to.deep.include({ port: 8546 });
    expect(await parse('tcp', '::1 8545 lobby', ask)).to.deep.include({ name: 'ann' });
    expect(questions).to.deep.equal([
      'Address of the server [127.0.0.1]',
      'Port [8545]',
      'Port [8546]',
      'Your name [undefined]',
    ]);
  });
});
