/**
 * What a link between two servers carries: messages a second from a client of one to a client of the other, and the
 * processor time that each server spends on a thousand of them. `npm run bench:peers`
 *
 * Two full servers as processes on this machine, one link, one publisher, one subscriber, both over TCP. All share the
 * machine's processors, so compare figures of one machine only. It is over within a minute.
 */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServerProgram } from '../dist/test/helpers/program.js';

const runs = 5;
const text = 'x'.repeat(100);
const patienceMs = 55_000;
/** Linux counts processor time in these, whatever the machine. */
const clockTickMs = 10;

/** Each with how many messages may be under way, and how many are said a second if not as many as go. */
const loads = [
  { name: 'as fast as it goes', messages: 40_000, underWay: 1_000 },
  { name: '1,000 a second', messages: 2_000, underWay: 1_000, perSecond: 1_000 },
  { name: 'one after another', messages: 4_000, underWay: 1 },
];

const servers = [];

async function main() {
  servers.push(await ServerProgram.start('full-server', 'alpha'));
  servers.push(await ServerProgram.start('full-server', 'beta'));
  const [alpha, beta] = servers;
  await alpha.connectTo(beta);
  const subscriber = await Client.join(beta, 'sue');
  const publisher = await Client.join(alpha, 'pat');
  // That pat has joined comes third, after the welcome and what it was told on joining.
  await subscriber.untilLines(3);

  const rows = [['load', 'min', 'median', 'max', 'alpha', 'beta']];
  for (const load of loads) {
    // The first run warms up and is not counted.
    const results = [];
    for (let run = 0; run <= runs; run++) results.push(await measure(load, publisher, subscriber));
    results.shift();
    const rates = results.map(({ rate }) => rate).sort((a, b) => a - b);
    rows.push([
      load.name,
      ...[rates[0], median(rates), rates.at(-1)].map((rate) => Math.round(rate).toLocaleString('en')),
      ...[0, 1].map((index) => median(results.map(({ cpuMs }) => cpuMs[index])).toFixed(1)),
    ]);
  }
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length), 7));
  const setting = `Node ${process.version}, ${cpus().length} processors`;
  console.log(`${setting}; messages of ${text.length} bytes, ${runs} runs of each load`);
  console.log(`${' '.repeat(widths[0])}  messages a second          ms of CPU for 1,000`);
  for (const row of rows) {
    console.log(
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
    );
  }
}

/** One run: from the first message said to the last one heard. */
async function measure({ messages, underWay, perSecond }, publisher, subscriber) {
  const before = servers.map(cpuMsOf);
  const startMs = performance.now();
  const heardBefore = subscriber.lines;
  for (let said = 0; said < messages; ) {
    const due = perSecond ? Math.floor(((performance.now() - startMs) * perSecond) / 1000) + 1 : messages;
    const count = Math.min(due, messages, subscriber.lines - heardBefore + underWay) - said;
    if (count > 0) publisher.say(count);
    said += Math.max(0, count);
    if (perSecond) await sleep(1);
    else if (said < messages) await subscriber.untilLines(heardBefore + said - Math.floor(underWay / 2));
  }
  await subscriber.untilLines(heardBefore + messages);
  const seconds = (performance.now() - startMs) / 1000;
  const cpuMs = servers.map((server, index) => ((cpuMsOf(server) - before[index]) * 1000) / messages);
  return { rate: messages / seconds, cpuMs };
}

/** A client that counts lines and looks into none. */
class Client {
  lines = 0;
  #enough = 0;
  #onEnough = () => {};

  constructor(socket) {
    this.socket = socket;
    socket.on('data', (bytes) => {
      for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) this.lines++;
      if (this.lines >= this.#enough) this.#onEnough();
    });
    socket.on('close', () => {
      if (!ending) fail('a server ended the connection of a client');
    });
  }

  static async join(server, name) {
    const socket = connect({ port: server.ports.client, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    const client = new Client(socket);
    socket.write(`${JSON.stringify({ type: 'join', channel: 'bench', name })}\n`);
    // The welcome, and that it has joined.
    await client.untilLines(2);
    return client;
  }

  say(count) {
    this.socket.write(`${JSON.stringify({ type: 'msg', channel: 'bench', text })}\n`.repeat(count));
  }

  async untilLines(count) {
    if (this.lines >= count) return;
    this.#enough = count;
    await new Promise((resolve) => {
      this.#onEnough = resolve;
    });
  }
}

/** The processor time that a process has used; NaN where the system does not tell. */
function cpuMsOf({ pid }) {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return Number.NaN;
  // The name of the program, in parentheses, may have spaces; user and system time are the 14th and 15th field.
  const fields = readFileSync(file, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * clockTickMs;
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Ends the servers, and then this. */
function end(status) {
  ending = true;
  clearTimeout(tooLong);
  void Promise.all(servers.map((server) => server.end())).then(() => process.exit(status));
}

function fail(why) {
  console.error('bench:', why);
  end(1);
}

let ending = false;
const tooLong = setTimeout(() => fail(`not done after ${patienceMs / 1000} s`), patienceMs);
main().then(() => end(0), fail);
