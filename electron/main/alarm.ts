import { Notification } from 'electron';
import type { Pushed } from '../../shared/ipc/stream.ts';
import { titled } from './window-title.ts';

/** The gravest two of four; the others wait on the screen. */
const GRAVE = 2;
/** One incident rings once in this time, however often its alerts do. */
const QUIET_MS = 60_000;
/** It rings among however many: five lesser ones must not buy silence for it. */
const GRAVEST = 1;
/** So many incidents at once are one sentence: whoever floods must not bury the first one. */
const MOST_IN_A_WHILE = 5;

interface Shown {
  readonly title: string;
  readonly body: string;
  readonly onClick: () => void;
}

interface Deps {
  /** What is played is seen beside what is real: it says so before all else. */
  readonly isPractice: boolean;
  readonly show: (notification: Shown) => void;
  /** Takes the person to the incident. */
  readonly follow: (link: string) => void;
  readonly now: () => number;
}

function showNotification({ title, body, onClick }: Shown): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title, body, urgency: 'critical' });
  notification.on('click', onClick);
  notification.show();
}

/** One of the alerts that a person is told of wherever they are. */
export const isGrave = (item: Pushed): boolean => {
  if (item.type !== 'entry' || item.entry.kind !== 'alert.raised') return false;
  const { severity } = item.entry.data;
  return typeof severity === 'number' && severity <= GRAVE;
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * Tells the system's notifications of grave alerts. They show on a locked screen and stay in a list of the system, so they name
 * the rule and its gravity, never whom it is about.
 */
export function createAlarm({ isPractice, show, follow, now }: Deps): (item: Pushed) => void {
  const rung = new Map<string, { readonly at: number; readonly severity: number }>();
  return (item) => {
    if (item.type !== 'entry' || item.entry.kind !== 'alert.raised') return;
    const { severity, incidentId, rule } = item.entry.data;
    const incident = textOf(incidentId);
    if (typeof severity !== 'number' || severity > GRAVE || incident === '') return;
    for (const [id, { at }] of rung) if (at + QUIET_MS <= now()) rung.delete(id);
    // An incident rings again when it has become graver.
    if ((rung.get(incident)?.severity ?? Number.POSITIVE_INFINITY) <= severity) return;
    if (severity > GRAVEST && rung.size >= MOST_IN_A_WHILE) return;
    rung.set(incident, { at: now(), severity });
    show({
      title: titled(isPractice, `Sallyport: alert of severity ${severity}`),
      body: `${textOf(rule).replaceAll('-', ' ')}. Click to open the incident.`,
      onClick: () => follow(`sallyport://incidents/${incident}`),
    });
  };
}

/** The alarm of this system. */
export const alarm = (isPractice: boolean, follow: Deps['follow']): ((item: Pushed) => void) =>
  createAlarm({ isPractice, show: showNotification, follow, now: Date.now });
