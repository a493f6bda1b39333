import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect } from 'chai';
import { limits } from '../../lib/limits.js';
import type { ServerOptions } from '../../lib/options.js';
import { createIdentity } from '../../lib/peer/identity.js';
import { runOperatorLine } from '../../lib/prompt/commands.js';
import { encodePeerFrame, type Hello } from '../../lib/wire/peer-frame.js';
import { LinkServer, newKey, RecordingProxy, talkToPeerPort } from '../helpers/link-servers.js';

const plainHello = (fields: Partial<Hello> = {}): Hello => {
  const { node, publicKey } = createIdentity();
  return {
    ...{ type: 'hello', protocol: 2, oldest: 2, node, name: 'zoe', version: '9.9.9', port: 30303 },
    ...{ probe: false, key: publicKey, nonce: '00'.repeat(16) },
    ...fields,
  };
};

const networkKeyOf = {
  itHasNone: /peer turned away .*reason="this server has a network key, and it has none"/,
  weHaveNone: /peer turned away .*reason="it has a network key, and this server has none; start it with/,
  differ: /peer turned away .*reason="its network key is another one: it is of another network, or one of/,
  notOffered: /peer turned away .*reason="it did not offer a network key"/,
};

describe('links between servers', () => {
  const started: { stop(): Promise<void> }[] = [];
  const between: RecordingProxy[] = [];
  const sockets: Socket[] = [];

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await Promise.all(started.splice(0).map((server) => server.stop()));
    for (const proxy of between.splice(0)) proxy.close();
  });

  async function start(name: string, options: Partial<ServerOptions> = {}): Promise<LinkServer> {
    const server = new LinkServer(name, options);
    started.push(server);
    await server.start();
    return server;
  }

  async function proxyTo(target: () => number): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(target);
    between.push(proxy);
    await proxy.open();
    return proxy;
  }

  /** Sends a message from a client of one server to a client of the other, over a proxy. @returns what the proxy saw */
  async function spyOnMessage(text: string, options: Partial<ServerOptions>): Promise<RecordingProxy> {
    const [alpha, beta] = [await start('alpha', options), await start('beta', options)];
    const proxy = await proxyTo(() => beta.peerPort);
    expect(await alpha.connectTo(proxy.port)).to.deep.include({ ok: true, name: 'beta' });
    const [ann, bob] = [await alpha.connect(), await beta.connect()];
    await ann.enter('lobby', 'ann');
    await beta.logged(/link up peer=alpha/);
    await bob.enter('lobby', 'bob');
    await ann.nextWith({ type: 'join', name: 'bob' });
    ann.send({ type: 'msg', channel: 'lobby', text });
    await bob.nextWith({ type: 'msg', text });
    return proxy;
  }

  describe('with the same network key', () => {
    it('are TLS from the first byte on, and nothing that is said can be read on the way', async () => {
      const proxy = await spyOnMessage('nobody-else-reads-this', { networkKeys: [newKey()] });
      expect(proxy.toServer[0]?.[0]).to.equal(0x16);
      expect(proxy.toClient[0]?.[0]).to.equal(0x16);
      expect(proxy.seen.includes('nobody-else-reads-this')).to.equal(false);
      expect(proxy.seen.includes('alpha')).to.equal(false);
    });

    it('say that they are encrypted; without a key, that they are not, and it can be read', async () => {
      const keyed = await start('keyed', { networkKeys: [newKey()] });
      const { networkKeys } = keyed.running.options;
      const other = await start('other', { networkKeys });
      await keyed.connectTo(other.peerPort);
      expect(keyed.running.network.peers()[0]).to.deep.include({ name: 'other', encrypted: true });
      const proxy = await spyOnMessage('everybody-reads-this', {});
      expect(proxy.seen.includes('everybody-reads-this')).to.equal(true);
    });
  });

  describe('are refused, with a reason at both ends,', () => {
    const cases = [
      {
        what: 'with another key',
        keys: [[newKey()], [newKey()]],
        dialler:
          /^the network keys differ: that server is of another network, or one of the two keys is old$/,
        listener: networkKeyOf.differ,
      },
      {
        what: 'without a key where one is needed',
        keys: [[], [newKey()]],
        dialler: /^that server has a network key, and this one has none; start it with --network-key-file/,
        listener: networkKeyOf.itHasNone,
      },
      {
        what: 'with a key where there is none',
        keys: [[newKey()], []],
        dialler: /^that server has no network key, and this one has one, or what answers there is not/,
        listener: networkKeyOf.weHaveNone,
      },
      {
        what: 'with two other keys',
        keys: [
          [newKey(), newKey()],
          [newKey(), newKey()],
        ],
        dialler: /^the network keys differ/,
        listener: networkKeyOf.differ,
      },
    ] as const;
    for (const { what, keys, dialler, listener } of cases) {
      it(what, async () => {
        const [alpha, beta] = [
          await start('alpha', { networkKeys: keys[0] }),
          await start('beta', { networkKeys: keys[1] }),
        ];
        const outcome = await alpha.connectTo(beta.peerPort);
        expect(outcome).to.include({ ok: false });
        expect(outcome).to.have.property('why').that.matches(dialler);
        await beta.logged(listener);
        expect([...alpha.peerNames, ...beta.peerNames]).to.deep.equal([]);
        for (const line of [...alpha.logLines, ...beta.logLines]) expect(line).not.to.match(/[0-9a-f]{64}/);
      });
    }

    it('with TLS that knows of no key', async () => {
      const beta = await start('beta', { networkKeys: [newKey()] });
      const socket = connectTls({ port: beta.peerPort, host: '127.0.0.1', rejectUnauthorized: false });
      let isIn = false;
      socket.on('secureConnect', () => {
        isIn = true;
      });
      socket.on('error', () => {});
      await new Promise((resolve) => socket.once('close', resolve));
      expect(isIn).to.equal(false);
      await beta.logged(networkKeyOf.notOffered);
    });

    it('with an older protocol, that of the first Hearsay among them', async () => {
      const beta = await start('beta');
      const { key: _key, nonce: _nonce, oldest: _oldest, ...old } = plainHello({ protocol: 1 });
      const first = Buffer.from(encodePeerFrame({ ...old, oldest: 1, key: '', nonce: '' }));
      const frames = await talkToPeerPort(beta.peerPort, first);
      const why = 'the protocols differ: zoe speaks 1, but beta needs 2 or newer; update zoe';
      expect(frames.at(-1)).to.deep.equal({ type: 'bye', reason: 'version', message: why });
      await beta.logged(new RegExp(`peer turned away .*reason="${why}"`));
    });

    it('of the first Hearsay by one with a key, in words that it can show', async () => {
      const beta = await start('beta', { networkKeys: [newKey()] });
      const [bye] = await talkToPeerPort(beta.peerPort, encodePeerFrame(plainHello({ protocol: 1 })));
      expect(bye).to.include({ type: 'bye', reason: 'refused' });
      expect(bye)
        .to.have.property('message')
        .that.matches(/^that server has a network key/);
    });

    it('by a server that speaks only newer protocols', async () => {
      const alpha = await start('alpha');
      const fake = createServer((socket) => {
        sockets.push(socket);
        socket.write(encodePeerFrame(plainHello({ protocol: 7, oldest: 3 })));
      });
      fake.listen(0, '127.0.0.1');
      await once(fake, 'listening');
      const outcome = await alpha.connectTo((fake.address() as AddressInfo).port);
      fake.close();
      expect(outcome)
        .to.have.property('why')
        .that.equals('the protocols differ: alpha speaks 2, but zoe needs 3 or newer; update alpha');
    });

    const forged: readonly [string, Partial<Hello>, RegExp][] = [
      ['whose proof is wrong', {}, /could not prove who it is: the signature is wrong/],
      [
        'that says it is another',
        { node: 'ab'.repeat(16) },
        /could not prove who it is: the node id is not that of the key/,
      ],
      ['that has no key of its own', { key: '' }, /broke the protocol: a HELLO without its key/],
    ];
    for (const [what, fields, says] of forged) {
      it(`of one ${what}`, async () => {
        const beta = await start('beta');
        const auth = encodePeerFrame({ type: 'auth', signature: 'ab'.repeat(64), mac: '' });
        const bytes = Buffer.concat([encodePeerFrame(plainHello(fields)), auth]);
        const frames = await talkToPeerPort(beta.peerPort, bytes);
        expect(frames.at(-1)).to.have.property('message').that.matches(says);
        await beta.logged(says);
        await beta.logged(/peer turned away address=127\.0\.0\.1:\d+ /);
        expect(beta.peerNames).to.deep.equal([]);
      });
    }

    it('beyond --max-peers', async () => {
      const [alpha, beta, gamma] = [
        await start('alpha', { maxPeers: 1 }),
        await start('beta', { discovers: false }),
        await start('gamma', { discovers: false }),
      ];
      expect(await beta.connectTo(alpha.peerPort)).to.include({ ok: true });
      await alpha.logged(/link up/);
      const outcome = await gamma.connectTo(alpha.peerPort);
      expect(outcome).to.have.property('why').that.equals('that server has as many links as it takes');
    });

    it('beyond its own --max-peers, before the other end takes it for a link', async () => {
      const [alpha, beta, gamma] = [
        await start('alpha', { maxPeers: 1 }),
        await start('beta', { discovers: false }),
        await start('gamma', { discovers: false }),
      ];
      expect(await alpha.connectTo(beta.peerPort)).to.include({ ok: true });
      const outcome = await alpha.connectTo(gamma.peerPort);
      expect(outcome).to.have.property('why').that.equals('this server has as many links as it takes');
      await gamma.logged(/peer turned away .*reason="that server has as many links as it takes"/);
      expect(gamma.logLines.join('\n')).not.to.match(/link up/);
    });
  });

  it('can change from one key to another without being apart', async () => {
    const [old, fresh] = [newKey(), newKey()];
    const [alpha, beta, gamma, delta] = [
      await start('alpha', { networkKeys: [old, fresh], discovers: false }),
      await start('beta', { networkKeys: [fresh, old], discovers: false }),
      await start('gamma', { networkKeys: [fresh], discovers: false }),
      await start('delta', { networkKeys: [old], discovers: false }),
    ];
    for (const [from, to] of [
      [alpha, beta],
      [alpha, gamma],
      [beta, delta],
      [gamma, beta],
      [delta, alpha],
    ] as const) {
      expect(await from.connectTo(to.peerPort), `${from.name} to ${to.name}`).to.include({
        ok: true,
        name: to.name,
      });
    }
    expect(await gamma.connectTo(delta.peerPort)).to.include({ ok: false });
  });

  for (const networkKeys of [[], [newKey()]]) {
    const how = networkKeys.length > 0 ? 'with a key' : 'without one';

    it(`come about although many connections say nothing (${how})`, async () => {
      const [alpha, beta] = [await start('alpha', { networkKeys }), await start('beta', { networkKeys })];
      const silent: Socket[] = [];
      for (let i = 0; i < limits.strangers + 20; i++) {
        const socket = connect(beta.peerPort, '127.0.0.1');
        socket.on('error', () => {});
        silent.push(socket);
        await once(socket, 'connect');
      }
      sockets.push(...silent);
      // The oldest of them were closed, to make room for the last.
      await beta.logged(/peer turned away .*too many connections had yet to say who they are/);
      expect(await alpha.connectTo(beta.peerPort)).to.include({ ok: true });
      const lines = beta.logLines.filter((line) => line.includes('peer turned away'));
      expect(lines).to.have.length(limits.brakedLines);
    });

    it(`have one link to a server, whatever it is called (${how})`, async () => {
      const [alpha, beta] = [await start('alpha', { networkKeys }), await start('beta', { networkKeys })];
      expect(await alpha.connectTo(beta.peerPort)).to.include({ ok: true });
      await beta.logged(/link up/);
      expect(await alpha.connectTo(beta.peerPort, 'localhost')).to.include({ ok: true, name: 'beta' });
      for (const server of [alpha, beta]) {
        expect(server.running.network.peers()).to.have.length(1);
        expect(server.logLines.filter((line) => line.includes('link up'))).to.have.length(1);
      }
      await beta.logged(/ debug peer turned away .*reason="another link between these servers is in use"/);
    });
  }

  for (const networkKeys of [[], [newKey()]]) {
    it(`are made again when they are cut off ${networkKeys.length > 0 ? 'with a key' : 'without one'}`, async () => {
      const [alpha, beta] = [await start('alpha', { networkKeys }), await start('beta', { networkKeys })];
      const proxy = await proxyTo(() => beta.peerPort);
      await alpha.connectTo(proxy.port);
      await alpha.logged(/link up/);
      await beta.logged(/link up/);
      proxy.reset();
      await alpha.logged(/link down .*reason="the connection was c/);
      await beta.logged(/link down .*reason="the connection was c/);
      while (alpha.peerNames.length === 0) await new Promise((resolve) => setImmediate(resolve));
    });
  }

  it('are not made by a dial that was under way when the operator gave it up', async () => {
    const [alpha, beta] = [await start('alpha'), await start('beta')];
    // The proxy takes connections, and does not lead anywhere yet.
    const door = createServer();
    door.listen(0, '127.0.0.1');
    await once(door, 'listening');
    const { port } = door.address() as AddressInfo;
    const dialled = once(door, 'connection');
    const outcome = alpha.connectTo(port);
    const [near]: Socket[] = await dialled;
    const context = {
      server: alpha.running,
      wallMs: () => 0,
      nowMs: () => 0,
      columns: () => 80,
      exit: () => {},
    };
    expect(await runOperatorLine(context, `disconnect 127.0.0.1:${port}`)).to.deep.equal([
      `No longer trying to reach 127.0.0.1:${port}.`,
    ]);
    expect(await outcome).to.deep.equal({
      ok: false,
      why: 'it was given up before there was an answer',
    });
    door.close();
    if (!near) throw new Error('nobody came');
    const far = connect(beta.peerPort, '127.0.0.1');
    sockets.push(near, far);
    near.pipe(far).pipe(near);
    await beta.logged(/peer turned away .*reason="that server’s operator disconnected this one"/);
    expect([...alpha.peerNames, ...beta.peerNames]).to.deep.equal([]);
  });

  it('with oneself are noticed, with a key too', async () => {
    const alpha = await start('alpha', { networkKeys: [newKey()] });
    const outcome = await alpha.connectTo(alpha.peerPort);
    expect(outcome).to.include({ ok: false, why: 'that is this server itself' });
  });

  it('are made by hand alone with --no-discovery, though others may come', async () => {
    const [alpha, beta, gamma] = [
      await start('alpha', { discovers: false }),
      await start('beta'),
      await start('gamma'),
    ];
    await alpha.connectTo(beta.peerPort);
    await gamma.connectTo(beta.peerPort);
    // Beta tells gamma of no server that alpha told of. It does tell of alpha itself, which accepts any link.
    await alpha.logged(/link up peer=gamma .*direction=in/);
    const ways = alpha.running.network.peers().map(({ name, direction }) => [name, direction]);
    expect(ways).to.deep.equal([
      ['beta', 'out'],
      ['gamma', 'in'],
    ]);
  });

  it('are made to the address that a server advertises, once that was seen to be right', async () => {
    let target = 0;
    const front = await proxyTo(() => target);
    const advertise = { host: '127.0.0.1', port: front.port };
    // Only the other of the two may dial.
    const hidden = await start('hidden', { advertise, discovers: false });
    target = hidden.peerPort;
    const [hub, other] = [await start('hub'), await start('other')];
    expect(await hidden.connectTo(hub.peerPort)).to.include({ ok: true });
    await other.connectTo(hub.peerPort);
    await other.logged(new RegExp(`link up peer=hidden address=127\\.0\\.0\\.1:${front.port} direction=out`));
  });
});
