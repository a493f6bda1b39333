/**
 * Brakes for log lines that others can cause as often as they like. The log stays readable, and says how many lines it
 * left out.
 */
import type { Clock } from './clock.js';
import { limits } from './limits.js';
import type { Log, LogFields, LogLevel } from './log.js';

type Time = Pick<Clock, 'nowMs'>;

/** The lines of one event: a few in each period of time, and then only how many more there were. */
export class LogBrake {
  #sinceMs = Number.NEGATIVE_INFINITY;
  /** How many lines were written since then. */
  #lines = 0;
  /** How many lines were left out since then. */
  #more = 0;

  /**
   * @param event what happened, in a line of its own
   * @param manyMore what happened, in the line that counts the rest
   * @param level the level of all these lines
   */
  constructor(
    private readonly log: Log,
    private readonly clock: Time,
    private readonly event: string,
    private readonly manyMore: string,
    private readonly level: LogLevel = 'info',
  ) {}

  /** Notes that it happened once more. */
  note(fields: LogFields): void {
    this.tick();
    if (this.#lines >= limits.brakedLines) {
      this.#more++;
      return;
    }
    this.#lines++;
    this.log[this.level](this.event, fields);
  }

  /** To be called every now and then: logs how many lines were left out, when a period is over. */
  tick(): void {
    const nowMs = this.clock.nowMs();
    if (nowMs - this.#sinceMs < limits.brakedLinesMs) return;
    this.sumUp();
    this.#sinceMs = nowMs;
    this.#lines = 0;
  }

  /** Logs how many lines were left out, if there were any. */
  sumUp(): void {
    if (this.#more > 0) this.log[this.level](this.manyMore, { count: this.#more });
    this.#more = 0;
  }
}

/** A warning about something that lasts: one line at once, and then one in `limits.shortageWarnMs`. */
export class LastingWarning {
  #warnedMs = Number.NEGATIVE_INFINITY;
  /** How often it has happened since the last line. */
  #times = 0;

  constructor(
    private readonly log: Log,
    private readonly clock: Time,
    private readonly event: string,
  ) {}

  /** Notes that it happens. @param times how often it has happened since the last call; 0 if it only goes on */
  note(fields: LogFields, times = 1): void {
    this.#times += times;
    const nowMs = this.clock.nowMs();
    if (nowMs - this.#warnedMs < limits.shortageWarnMs) return;
    this.log.warn(this.event, { ...fields, times: this.#times });
    this.#warnedMs = nowMs;
    this.#times = 0;
  }
}
