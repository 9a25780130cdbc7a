import { z } from 'zod';
import { operatorName, operatorRole } from '../http/operator-parts.ts';
import type { RouteId } from '../http/table.ts';
import { idOf } from '../ids/ids.ts';
import { serviceStatus } from '../service/status.ts';
import type { APP_CHANNELS } from './channels.ts';
import { type Contract, defineContracts } from './contract.ts';
import { airGapState, custodyAct, custodyState } from './custody.ts';
import { diagnosis } from './diagnostics.ts';
import { draft, draftRequest } from './drafts.ts';
import {
  compareRequest,
  comparison,
  droppedFile,
  evidenceChoice,
  exportRequest,
  exportStatus,
  headReport,
  mirrorStatus,
  ownCheckpoint,
  restoreReport,
  verifyStatus,
} from './evidence.ts';
import { downloadReport, downloadRequest, memberStatus } from './member.ts';
import { practiceStatus } from './practice.ts';
import { connectRequest, profileRequest, servicesReport } from './services.ts';
import { updateReport } from './updates.ts';
import { vaultContents, vaultStatus, vaultTaskRequest, vaultUses } from './vault.ts';

/** Whether there is such a route is for `electron/backend` to say: the table must not be loaded before an unlock window. */
const routeId = z.custom<RouteId>((value) => typeof value === 'string', 'not a route');

/** A call of the admin API by route id. Main looks the route up, signs what must be signed, and never forwards secrets. */
export const apiCall = z.strictObject({
  route: routeId,
  params: z.record(z.string(), z.string()).optional(),
  query: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  body: z.record(z.string(), z.unknown()).optional(),
});

export const apiAnswer = z.object({
  status: z.number().int(),
  /** The answer without the fields that the route `reveals`; those are shown in a trusted window only. */
  body: z.unknown(),
  /** Whether a trusted window is showing what was left out. */
  revealed: z.boolean(),
});

export const appInfo = z.object({
  version: z.string(),
  platform: z.string(),
  electron: z.string(),
  chromium: z.string(),
  node: z.string(),
  /** `release` is the pinned runtime; anything else is for development and tests only. */
  runtime: z.enum(['release', 'development']),
  packaged: z.boolean(),
  /** A console for sample data, in a folder that can never hold anything else. */
  practice: z.boolean(),
});
export type AppInfo = z.infer<typeof appInfo>;

/** Whether this console may sign at the service it is connected to. */
export const enrolmentStatus = z.object({
  state: z.enum(['unknown', 'not-enrolled', 'enrolled']),
  keyId: z.string(),
  operator: z.object({ id: z.string(), name: operatorName, role: operatorRole }).nullable(),
});
export type EnrolmentStatus = z.infer<typeof enrolmentStatus>;

/** What the app's renderer may ask of main, and nothing else. */
export const APP_CONTRACTS = defineContracts({
  'app.info': { request: z.undefined(), response: appInfo, whileLocked: 'answer' },
  'api.call': { request: apiCall, response: apiAnswer, whileLocked: 'refuse' },
  /** Looks at the console itself: runtime, sandbox, keychain, fuses. */
  'diagnostics.run': { request: z.undefined(), response: z.array(diagnosis), whileLocked: 'answer' },
  /** What was typed into forms and not sent, for a page whose process was replaced. Main's memory forgets it at a lock. */
  'drafts.list': { request: z.undefined(), response: z.array(draft), whileLocked: 'refuse' },
  'drafts.keep': { request: draft, response: z.null(), whileLocked: 'refuse' },
  'drafts.drop': { request: draftRequest, response: z.null(), whileLocked: 'refuse' },
  'vault.status': { request: z.undefined(), response: vaultStatus, whileLocked: 'answer' },
  'vault.lock': { request: z.undefined(), response: z.null(), whileLocked: 'answer' },
  'vault.setIdleMinutes': {
    request: z.strictObject({ minutes: z.number().int().min(1).max(240) }),
    response: vaultStatus,
    whileLocked: 'refuse',
  },
  'vault.contents': { request: z.undefined(), response: vaultContents, whileLocked: 'refuse' },
  'vault.uses': { request: z.undefined(), response: vaultUses, whileLocked: 'refuse' },
  'vault.openTask': { request: vaultTaskRequest, response: z.null(), whileLocked: 'refuse' },
  'custody.state': { request: z.undefined(), response: custodyState, whileLocked: 'refuse' },
  /** One step of a rotation; answers when the person has decided in the trusted window and the world has answered. */
  'custody.act': { request: custodyAct, response: custodyState, whileLocked: 'refuse' },
  'custody.airGap': { request: z.undefined(), response: airGapState, whileLocked: 'answer' },
  /** Ends the console and starts it again without a network. */
  'custody.enterAirGap': { request: z.undefined(), response: z.null(), whileLocked: 'refuse' },
  /** Whose session of the public plane the vault holds. It is typed in a trusted window, and no token of it reaches a page. */
  'member.status': { request: z.undefined(), response: memberStatus, whileLocked: 'refuse' },
  'member.signIn': { request: z.undefined(), response: memberStatus, whileLocked: 'refuse' },
  'member.signOut': { request: z.undefined(), response: memberStatus, whileLocked: 'refuse' },
  /** Asks a person for a file, for a signature, and streams an export of a mint job into the file (0600). */
  'member.download': { request: downloadRequest, response: downloadReport, whileLocked: 'refuse' },
  'service.status': { request: z.undefined(), response: serviceStatus, whileLocked: 'answer' },
  'service.restart': { request: z.undefined(), response: serviceStatus, whileLocked: 'refuse' },
  /** Which service the console is on, and the others that it may be on. */
  'services.status': { request: z.undefined(), response: servicesReport, whileLocked: 'refuse' },
  /** Looks at a remote service at once, not after the pause that its silence has earned. Answers when it has been looked at. */
  'services.retry': { request: z.undefined(), response: servicesReport, whileLocked: 'refuse' },
  /** Each opens a trusted window in which a person types, reads and decides; a page learns what became of it. */
  'services.add': { request: z.undefined(), response: servicesReport, whileLocked: 'refuse' },
  'services.connect': { request: connectRequest, response: servicesReport, whileLocked: 'refuse' },
  'services.remove': { request: profileRequest, response: servicesReport, whileLocked: 'refuse' },
  'enrolment.status': { request: z.undefined(), response: enrolmentStatus, whileLocked: 'refuse' },
  /** Enrols this console’s key with the code that the bundled service left on this host. Shows a card first. */
  'enrolment.enrol': {
    request: z.strictObject({ name: operatorName }),
    response: enrolmentStatus,
    whileLocked: 'refuse',
  },
  /**
   * Invites an operator for a tool on this host: a signed invitation, and a file (0600) with its one-time code and an
   * admin token that dies with the next lock. Answers with the path only.
   */
  'operators.inviteLocal': {
    request: z.strictObject({ name: operatorName, role: operatorRole }),
    response: z.object({ path: z.string(), expiresAt: z.iso.datetime() }),
    whileLocked: 'refuse',
  },
  /** Asks the service what is proposed and a person where it goes, for a second person elsewhere. Null: nowhere. */
  'operators.saveProposal': {
    request: z.strictObject({ id: idOf('proposal') }),
    response: z.object({ path: z.string().nullable() }),
    whileLocked: 'refuse',
  },
  /** Verifies the newest head of the log against the last one that this console verified, and remembers it when it continues that. */
  'evidence.head': { request: z.undefined(), response: headReport, whileLocked: 'refuse' },
  /** Makes this console a witness of the log. Shows a card first. */
  'evidence.registerWitness': { request: z.undefined(), response: z.null(), whileLocked: 'refuse' },
  /** Opens the trusted window in which a person says with which head this console goes on after an alarm. */
  'evidence.settleHead': { request: z.undefined(), response: z.null(), whileLocked: 'refuse' },
  /** Reports to the service that it has fewer entries than this console verified. Shows a card first. */
  'evidence.reportRestore': { request: restoreReport, response: z.null(), whileLocked: 'refuse' },
  /** Chooses a file that a person dropped on the page and verifies it. The preload names the path; the page cannot. */
  'evidence.drop': { request: droppedFile, response: verifyStatus, whileLocked: 'refuse' },
  'evidence.checkpoint': { request: z.undefined(), response: ownCheckpoint, whileLocked: 'refuse' },
  /** Asks a person where the checkpoint goes. Null: nowhere. */
  'evidence.saveCheckpoint': {
    request: z.undefined(),
    response: z.object({ path: z.string().nullable() }),
    whileLocked: 'refuse',
  },
  /** Null when the person chose no file. */
  'evidence.compare': { request: compareRequest, response: comparison.nullable(), whileLocked: 'refuse' },
  /** Asks a person for a folder; entries and heads are written there from then on, each verified. */
  'evidence.mirrorChoose': { request: z.undefined(), response: mirrorStatus, whileLocked: 'refuse' },
  'evidence.mirrorStatus': { request: z.undefined(), response: mirrorStatus, whileLocked: 'refuse' },
  'evidence.mirrorNow': { request: z.undefined(), response: mirrorStatus, whileLocked: 'refuse' },
  /** Ends the mirroring; what was written stays. */
  'evidence.mirrorStop': { request: z.undefined(), response: mirrorStatus, whileLocked: 'refuse' },
  /** Asks a person for a file and streams the export into it (0600). `none` when the person chose none. */
  'evidence.export': { request: exportRequest, response: exportStatus, whileLocked: 'refuse' },
  'evidence.exportStatus': { request: z.undefined(), response: exportStatus, whileLocked: 'refuse' },
  'evidence.cancelExport': { request: z.undefined(), response: exportStatus, whileLocked: 'refuse' },
  /** Asks a person for a file to verify, to pin by or to compare with; or lets go of one. */
  'evidence.choose': { request: evidenceChoice, response: verifyStatus, whileLocked: 'refuse' },
  /** Verifies what was chosen, in a thread of its own. A lock ends it, and what was chosen is forgotten. */
  'evidence.verify': { request: z.undefined(), response: verifyStatus, whileLocked: 'refuse' },
  'evidence.verifyStatus': { request: z.undefined(), response: verifyStatus, whileLocked: 'refuse' },
  'evidence.cancelVerify': { request: z.undefined(), response: verifyStatus, whileLocked: 'refuse' },
  'practice.status': { request: z.undefined(), response: practiceStatus, whileLocked: 'refuse' },
  /** Opens the practice console of this one, as a program of its own beside it. Refused in a practice console. */
  'practice.open': { request: z.undefined(), response: z.null(), whileLocked: 'refuse' },
  /** Starts the simulator, in a practice console only. Shows a card first where its operator has to be invited. */
  'practice.start': { request: z.undefined(), response: practiceStatus, whileLocked: 'refuse' },
  'practice.stop': { request: z.undefined(), response: practiceStatus, whileLocked: 'refuse' },
  'updates.status': { request: z.undefined(), response: updateReport, whileLocked: 'answer' },
  /** Asks a person for the manifest of a release, judges it, and takes the package beside it when it is newer and whole. */
  'updates.check': { request: z.undefined(), response: updateReport, whileLocked: 'refuse' },
  /** Opens (or reopens) the event port; the port itself arrives as a transferred MessagePort. */
  'stream.open': {
    request: z.strictObject({ after: z.number().int().min(-1).nullable() }),
    response: z.null(),
    whileLocked: 'refuse',
  },
} satisfies Record<(typeof APP_CHANNELS)[number], Contract>);
export type AppChannel = keyof typeof APP_CONTRACTS;
export type AppRequest<C extends AppChannel> = z.input<(typeof APP_CONTRACTS)[C]['request']>;
export type AppResponse<C extends AppChannel> = z.output<(typeof APP_CONTRACTS)[C]['response']>;
