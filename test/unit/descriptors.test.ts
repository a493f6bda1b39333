import { expect } from 'chai';
import { DescriptorWatch } from '../../lib/descriptor-watch.js';
import {
  descriptorLimit,
  isDescriptorShortage,
  isOutOfDescriptors,
  shareOut,
} from '../../lib/descriptors.js';
import { limits } from '../../lib/limits.js';
import { createLog } from '../../lib/log.js';
import { memoryBytes } from '../../lib/workers/load.js';
import { HandClock } from '../helpers/hand-clock.js';

const tasks = { links: limits.links, workers: 0, takesLinks: true };

function shortage(code: string): Error {
  return Object.assign(new Error(`${code}: open '/'`), { code });
}

describe('File descriptors', () => {
  it('are limited by the system, which says how far, or are not limited', () => {
    const limit = descriptorLimit();
    const reported = descriptorLimit(() => {
      throw new Error('ENOENT: no such file or directory');
    });
    if (process.platform === 'linux') expect(limit).to.be.greaterThan(3);
    else expect(limit ?? 4).to.be.greaterThan(3);
    expect(reported, "Node's report").to.equal(limit);
  });

  it('are limited as Linux writes it', () => {
    const lines = (soft: string) =>
      `Limit                     Soft Limit           Hard Limit           Units     \nMax processes             63379                63379                processes \nMax open files            ${soft} 524288               files     \nMax locked memory         8388608              8388608              bytes     \n`;
    expect(descriptorLimit(() => lines('1024                '))).to.equal(1024);
    expect(descriptorLimit(() => lines('unlimited           '))).to.equal(undefined);
    expect(descriptorLimit(() => '')).to.equal(undefined);
  });

  it('where there are enough, or nobody knows, leave all limits as they are', () => {
    const { needed } = shareOut(undefined, tasks);
    for (const limit of [undefined, needed, 1_000_000]) {
      const { connections, clients, strangers } = shareOut(limit, tasks);
      expect({ connections, clients, strangers }).to.deep.equal({
        connections: limits.connections,
        clients: limits.clients,
        strangers: limits.strangers,
      });
    }
    expect(shareOut(needed - 1, tasks).connections).to.equal(limits.connections - 1);
  });

  it('where there are few, are never promised twice, and clients are fewer than connections', () => {
    for (let limit = 160; limit < 30_000; limit = Math.ceil(limit * 1.1)) {
      for (const workers of [0, 1, 3]) {
        const links = limits.links + workers;
        const { connections, clients, strangers } = shareOut(limit, { links, workers, takesLinks: true });
        const others =
          limits.descriptorReserve + links + 2 * strangers + limits.descriptorsPerWorker * workers;
        expect(connections + others, `${limit} for ${workers} workers`).to.be.at.most(
          Math.max(limit, limits.connectionsLeast + others),
        );
        expect(clients).to.be.lessThan(connections);
        expect(clients).to.be.greaterThan(0);
        expect(strangers).to.be.at.least(limits.strangersLeast);
      }
    }
  });

  it('that have run out are told from other errors', () => {
    for (const code of ['EMFILE', 'ENFILE'])
      expect(
        isOutOfDescriptors(() => {
          throw shortage(code);
        }),
      ).to.equal(true);
    expect(
      isOutOfDescriptors(() => {
        throw shortage('EACCES');
      }),
    ).to.equal(false);
    expect(isOutOfDescriptors()).to.equal(false);
    expect(isDescriptorShortage('EMFILE')).to.equal(false);
  });

  it('that have run out are warned of once a minute, until there are some', () => {
    const clock = new HandClock();
    const lines: string[] = [];
    let isOut = false;
    const watch = new DescriptorWatch(
      clock,
      createLog('warn', (line) => lines.push(line), clock),
      () => isOut,
    );
    try {
      watch.look();
      isOut = true;
      for (let ms = 0; ms < 180_000; ms += limits.descriptorLookMs) {
        watch.look();
        clock.advance(limits.descriptorLookMs);
      }
      isOut = false;
      watch.look();
      expect(lines).to.have.length(3);
      expect(lines[0]).to.match(/warn {2}no file descriptor is left .*remedy=/);
    } finally {
      watch.stop();
    }
  });

  it('are not needed to say how much memory is used', () => {
    const most = memoryBytes(() => {
      throw shortage('EMFILE');
    });
    expect(most).to.be.greaterThan(1_000_000);
    expect(memoryBytes(() => 7)).to.equal(7);
  });
});
