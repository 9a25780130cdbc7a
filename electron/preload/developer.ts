import { getGlobal } from '@electron/remote';

/**
 * The developer's diagnostics: draws in its own isolated world and hands the page nothing. Built with SALLYPORT_DEVELOPER=1 only.
 */
interface Report {
  readonly processes: readonly { pid: number; what: string; cpuPercent: number; memoryKib: number }[];
  readonly lag: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly calls: readonly { at: number; channel: string; route: string; ms: number; outcome: string }[];
  readonly diagnoses: readonly { title: string; status: string; evidence: string; remedy: string | null }[];
}

const EVERY_MS = 1_000;
const SHOWN_CALLS = 60;

const ask = getGlobal('sallyportDeveloperReport') as () => Promise<string>;

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const section = document.createElement('section');
  const heading = section.appendChild(document.createElement('h2'));
  heading.textContent = title;
  const body = section.appendChild(document.createElement('table'));
  for (const [index, cells] of [head, ...rows].entries()) {
    const row = body.appendChild(document.createElement('tr'));
    for (const text of cells)
      row.appendChild(document.createElement(index === 0 ? 'th' : 'td')).textContent = text;
  }
  section.id = title.toLowerCase().replaceAll(' ', '-');
  return section;
}

const ms = (value: number): string => value.toFixed(1);

function draw({ processes, lag, calls, diagnoses }: Report): void {
  const shown = calls.slice(-SHOWN_CALLS).toReversed();
  document.body.replaceChildren(
    table('Event loop', ['p50 ms', 'p99 ms', 'max ms'], [[lag.p50, lag.p99, lag.max].map(ms)]),
    table(
      'Processes',
      ['pid', 'what', 'CPU %', 'memory KiB'],
      processes.map((one) => [String(one.pid), one.what, one.cpuPercent.toFixed(1), String(one.memoryKib)]),
    ),
    table(
      'IPC calls',
      ['at ms', 'channel', 'route', 'took ms', 'outcome'],
      shown.map((one) => [one.at.toFixed(0), one.channel, one.route, ms(one.ms), one.outcome]),
    ),
    table(
      'Self-attestation',
      ['what', 'status', 'evidence', 'remedy'],
      diagnoses.map((one) => [one.title, one.status, one.evidence, one.remedy ?? '']),
    ),
  );
}

async function refresh(): Promise<void> {
  draw(JSON.parse(await ask()) as Report);
  setTimeout(() => void refresh(), EVERY_MS);
}

window.addEventListener('DOMContentLoaded', () => void refresh());
