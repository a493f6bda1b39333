import { expect } from 'chai';
import { play, report } from './play.js';
import { longScenarios, type ScenarioName, scenarioNames, scenarios } from './scenarios/all.js';
import { everyDay, fixedSeeds } from './seeds.js';

const times = Number(process.env.HEARSAY_SIM_RUNS ?? 1);
const limitMs = 300_000 * Math.max(1, times);

function expectToHold(scenario: ScenarioName, seed: number): void {
  const outcome = play(scenario, seed);
  if (outcome.failure) throw new Error(report(outcome), { cause: outcome.failure.error });
}

describe('the network of servers, simulated,', () => {
  for (const name of scenarioNames.filter((one) => !longScenarios.includes(one))) {
    const seeds = Math.ceil((name === 'mixed' ? everyDay.mixed : everyDay.each) * times);
    it(`holds what it promises when ${scenarios[name].about} (${seeds} seeds)`, () => {
      for (let seed = 1; seed <= seeds; seed++) expectToHold(name, seed);
    }).timeout(limitMs);
  }

  for (const { scenario, seed, found } of fixedSeeds) {
    it(`keeps to it that ${found} (${scenario} ${seed})`, () => expectToHold(scenario, seed)).timeout(
      limitMs,
    );
  }

  it('runs the same way each time with the same seed, and another way with another', () => {
    for (const scenario of ['mixed', 'quick-restart', 'hostile-servers'] as const) {
      const [once, again, other] = [play(scenario, 7), play(scenario, 7), play(scenario, 8)];
      expect(again.hash, scenario).to.equal(once.hash);
      expect(again.events, scenario).to.equal(once.events).and.to.be.above(100);
      expect(other.hash, scenario).not.to.equal(once.hash);
    }
  });
});
