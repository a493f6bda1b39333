/**
 * Several machines within one: network namespaces with a switch between them, and a router with NAT. This needs Linux,
 * and a root user who may make namespaces.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';

/** This machine cannot make the lab. The message says which command failed, and how. */
export class NoNetLab extends Error {}

export class NetLab {
  readonly #names: string[] = [];
  readonly #removeAtExit = (): void => this.remove();

  #isCut = false;

  /** A namespace with a switch in it, for `attach`. */
  readonly #switch: string;

  /** @throws NoNetLab */
  constructor() {
    process.once('exit', this.#removeAtExit);
    this.#switch = this.#namespace('switch');
    this.#in(this.#switch, 'ip link add name sw type bridge');
    this.#in(this.#switch, 'ip link set sw up');
  }

  /**
   * Makes a machine at the switch.
   *
   * @param address with its prefix length: `192.0.2.1/24`
   * @returns its name
   * @throws NoNetLab
   */
  host(label: string, address: string): string {
    const name = this.#namespace(label);
    const end = `ip link add name public netns ${name} type veth peer name ${label} netns ${this.#switch}`;
    this.#do(end);
    this.#in(this.#switch, `ip link set ${label} master sw up`);
    this.#in(name, `ip address add ${address} dev public`);
    this.#in(name, 'ip link set public up');
    return name;
  }

  /**
   * Makes a machine behind a router with NAT. The router has one address at the switch, which all connections that are
   * dialled from behind it have.
   *
   * @param addresses of the router at the switch, of the router inside, and of the machine
   * @returns its name
   * @throws NoNetLab
   */
  hostBehindNat(label: string, addresses: { outside: string; inside: string; own: string }): string {
    const router = this.host(`${label}-nat`, addresses.outside);
    const name = this.#namespace(label);
    this.#do(`ip link add name inside netns ${router} type veth peer name private netns ${name}`);
    this.#in(router, `ip address add ${addresses.inside} dev inside`);
    this.#in(router, 'ip link set inside up');
    this.#in(name, `ip address add ${addresses.own} dev private`);
    this.#in(name, 'ip link set private up');
    this.#in(name, `ip route add default via ${addresses.inside.replace(/\/.*/, '')}`);
    this.#in(router, 'sysctl -q -w net.ipv4.ip_forward=1');
    this.#in(router, 'nft add table ip nat');
    this.#in(router, 'nft add chain ip nat out { type nat hook postrouting priority 100 ; }');
    this.#in(router, 'nft add rule ip nat out oifname public masquerade');
    return name;
  }

  /**
   * Gives a host name these addresses on a machine, from now on. Call it before a program is started there, which then
   * sees each later change.
   *
   * @param machine as `host` returned it
   */
  name(machine: string, name: string, addresses: readonly string[]): void {
    const folder = `/etc/netns/${machine}`;
    mkdirSync(folder, { recursive: true });
    const lines = ['127.0.0.1 localhost', ...addresses.map((address) => `${address} ${name}`)];
    // The file is mounted, so it must not be replaced by another one.
    writeFileSync(`${folder}/hosts`, `${lines.join('\n')}\n`);
  }

  /** Lets nothing pass between a machine and the switch any more. Neither end notices at once. */
  cut(label: string): void {
    this.#isCut = true;
    this.#in(this.#switch, 'nft add table bridge cut');
    this.#in(this.#switch, 'nft add chain bridge cut forward { type filter hook forward priority 0 ; }');
    this.#in(this.#switch, `nft add rule bridge cut forward iifname ${label} drop`);
    this.#in(this.#switch, `nft add rule bridge cut forward oifname ${label} drop`);
  }

  /** Undoes all cuts. */
  heal(): void {
    if (!this.#isCut) return;
    this.#isCut = false;
    this.#in(this.#switch, 'nft delete table bridge cut');
  }

  /** Removes all that was made. Programs that ran in it must have ended. */
  remove(): void {
    process.removeListener('exit', this.#removeAtExit);
    for (const name of this.#names.splice(0)) {
      spawnSync('ip', ['netns', 'delete', name]);
      rmSync(`/etc/netns/${name}`, { recursive: true, force: true });
    }
  }

  #namespace(label: string): string {
    const name = `hearsay-${process.pid}-${label}`;
    // Even a machine that could not be made may have left something behind.
    this.#names.push(name);
    this.#do(`ip netns add ${name}`);
    this.#in(name, 'ip link set lo up');
    return name;
  }

  #in(namespace: string, command: string): void {
    this.#do(`ip netns exec ${namespace} ${command}`);
  }

  #do(command: string): void {
    const [program = '', ...args] = command.split(' ');
    const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    if (status !== 0) throw new NoNetLab(`\`${command}\` failed: ${error?.message ?? stderr.trim()}`);
  }
}

/** The command that runs another command on a machine of the lab. */
export function on(host: string): readonly string[] {
  return ['ip', 'netns', 'exec', host];
}
