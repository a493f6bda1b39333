/** Who is in the channel; a name is a door to a talk with that one alone. */
import type { Member } from '../core/channel-view.js';
import { pageLimits } from '../core/limits.js';
import type { Dispatch } from '../runtime.js';
import { Name } from './Name.js';

interface Props {
  readonly members: readonly Member[];
  readonly me: string;
  readonly dispatch: Dispatch;
}

export function MemberList({ members, me, dispatch }: Props) {
  const more = members.length - pageLimits.membersShown;
  return (
    <section aria-label="Members">
      <h2>
        Members <span class="count">{members.length}</span>
      </h2>
      <ul>
        {members.slice(0, pageLimits.membersShown).map(({ key, name }) => (
          <li key={key}>
            {name === me ? (
              <span class="member">
                <Name name={name} />
                <span class="you"> (you)</span>
              </span>
            ) : (
              <button
                type="button"
                class="member"
                title={`Talk with ${name} alone`}
                onClick={() => dispatch({ type: 'open-direct', name })}
              >
                <Name name={name} />
              </button>
            )}
          </li>
        ))}
        {more > 0 && <li class="more">and {more} more</li>}
      </ul>
    </section>
  );
}
